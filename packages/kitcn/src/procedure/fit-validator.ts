import type { GenericValidator, Validator } from 'convex/values';
import { isPlainObject, tryBytes } from '../wire/exotic-object.ts';
import type { InputIssue, Outcome } from './schema-parser.ts';

/** An outcome whose issues are what users are told: they have nothing of the value. */
interface Fitted extends Outcome {
  readonly issues: readonly InputIssue[];
}

/** A walk along a value. */
interface Walk {
  readonly path: InputIssue['path'];
  /** Whether a field that the validator does not know is a fault; else it is left out. */
  readonly isStrict: boolean;
  readonly issues: InputIssue[];
}

type AnyValidator = Validator<unknown, 'required' | 'optional', string>;
type Kind<K extends AnyValidator['kind']> = Extract<AnyValidator, { kind: K }>;
type Fields = Record<string, unknown>;

/**
 * What a Convex validator leaves of a value: fields that it does not know are left out, and a union takes the first
 * member that knows them all, or else the first that fits. An id is any string: only a deployment can tell whose it is.
 */
export function fitValidator(validator: GenericValidator, value: unknown): Fitted {
  const walk: Walk = { path: [], isStrict: false, issues: [] };
  // Whatever is typed as generic is of one of the kinds.
  return { value: fit(validator as AnyValidator, value, walk), issues: walk.issues };
}

function fit(validator: AnyValidator, value: unknown, walk: Walk): unknown {
  if (value === undefined && validator.isOptional === 'optional') return value;
  switch (validator.kind) {
    case 'object':
      if (isFields(value)) return fitFields(validator, value, walk);
      break;
    case 'record':
      if (isFields(value)) return fitEntries(validator, value, walk);
      break;
    case 'array':
      if (Array.isArray(value)) return fitItems(validator, value, walk);
      break;
    case 'union':
      return fitUnion(validator, value, walk);
    default:
      if (isScalar(validator, value)) return value;
  }
  return refuse(describe(validator), value, walk);
}

function fitFields({ fields }: Kind<'object'>, value: Fields, walk: Walk): Fields {
  const fitted: Fields = {};
  for (const [name, validator] of Object.entries(fields)) {
    walk.path.push(name);
    // What objects inherit is no field of theirs.
    const field = fit(validator, Object.hasOwn(value, name) ? value[name] : undefined, walk);
    if (field !== undefined) fitted[name] = field;
    walk.path.pop();
  }
  if (walk.isStrict && Object.keys(value).some((name) => !Object.hasOwn(fields, name))) {
    refuse('no more fields', value, walk);
  }
  return fitted;
}

function fitEntries({ key, value: element }: Kind<'record'>, value: Fields, walk: Walk): Fields {
  const entries: [string, unknown][] = [];
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue; // It does not travel.
    walk.path.push(name);
    fit(key, name, walk);
    entries.push([name, fit(element, field, walk)]);
    walk.path.pop();
  }
  return Object.fromEntries(entries);
}

function fitItems({ element }: Kind<'array'>, value: readonly unknown[], walk: Walk): unknown[] {
  return Array.from(value, (item, index) => {
    walk.path.push(index);
    const fitted = fit(element, item, walk);
    walk.path.pop();
    return fitted;
  });
}

function fitUnion(validator: Kind<'union'>, value: unknown, walk: Walk): unknown {
  let closest: Walk | undefined;
  for (const isStrict of walk.isStrict ? [true] : [true, false]) {
    closest = undefined;
    for (const member of validator.members) {
      const attempt: Walk = { ...walk, isStrict, issues: [] };
      const fitted = fit(member, value, attempt);
      if (attempt.issues.length === 0) return fitted;
      if (isCloser(attempt, closest)) closest = attempt;
    }
  }
  if (closest === undefined) return refuse(describe(validator), value, walk);
  walk.issues.push(...closest.issues);
  return value;
}

/** A member of a union that fits down to some fields says more of what is wrong than that none fits. */
function isCloser({ issues, path }: Walk, than: Walk | undefined): boolean {
  const isDeeper = issues.every((issue) => issue.path.length > path.length);
  return isDeeper && (than === undefined || issues.length < than.issues.length);
}

const TYPES: Partial<Record<AnyValidator['kind'], string>> = {
  id: 'string',
  string: 'string',
  float64: 'number',
  int64: 'bigint',
  boolean: 'boolean',
};

function isScalar(validator: AnyValidator, value: unknown): boolean {
  switch (validator.kind) {
    case 'literal':
      return value === validator.value;
    case 'null':
      return value === null;
    case 'bytes':
      return typeof value === 'object' && value !== null && tryBytes(value) !== undefined;
    default: {
      const type = TYPES[validator.kind];
      return type === undefined ? value !== undefined : typeof value === type;
    }
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && isPlainObject(value);
}

function describe(validator: AnyValidator): string {
  if (validator.kind === 'literal') return String(validator.value);
  if (validator.kind === 'union') return validator.members.map(describe).join(' | ') || 'nothing';
  return TYPES[validator.kind] ?? validator.kind;
}

function refuse(expected: string, value: unknown, { issues, path }: Walk): unknown {
  const received = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const message = `Invalid input: expected ${expected}, received ${received}`;
  issues.push({ path: [...path], code: 'invalid_type', message });
  return value;
}

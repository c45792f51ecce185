/** A TypeScript type as data, to be printed at any width. */
export type TypeExpression =
  | TextType
  /** `Id<'user'>` */
  | { kind: 'id'; table: string }
  | { kind: 'object'; fields: TypeField[]; isOpen: boolean }
  | { kind: 'array'; element: TypeExpression }
  | { kind: 'tuple'; items: TypeItem[]; rest: TypeExpression | undefined }
  /** `readonly` before an array or a tuple. */
  | { kind: 'readonly'; of: TypeExpression }
  | { kind: 'union'; members: TypeExpression[] }
  | { kind: 'intersection'; members: TypeExpression[] }
  /** `Record<'a' | 'b', number>` and the like. */
  | { kind: 'generic'; name: string; parameters: TypeExpression[] }
  /** The same with a type that generated files import from this package: `Page<string>`. */
  | { kind: 'imported'; name: string; parameters: TypeExpression[] }
  /** `{ [key: string]: number }`, which may contain the type that it is a part of. */
  | { kind: 'dictionary'; value: TypeExpression }
  /** `(input?: { after: Date }) => Promise<null>` */
  | { kind: 'call'; isOptional: boolean; input: TypeExpression; result: TypeExpression }
  /** `${string}-${number}` */
  | { kind: 'template'; parts: (string | TypeExpression)[] }
  /** A type that contains itself: an index into `recursive` of the input's or the output's `PrintedType`. */
  | { kind: 'recursive'; side: 'input' | 'output'; index: number };

/** Printed as it is: `string`, `Date`, `'admin'`. */
export interface TextType {
  readonly kind: 'text';
  readonly text: string;
}

/** A property; `{ name?: string | undefined }` where it is optional. */
export interface TypeField {
  name: string;
  isOptional: boolean;
  type: TypeExpression;
}

export interface TypeItem {
  isOptional: boolean;
  type: TypeExpression;
}

/** A type with the types that need a name because they contain themselves. */
export interface PrintedType {
  type: TypeExpression;
  recursive: readonly RecursiveType[];
}

export interface RecursiveType {
  side: 'input' | 'output';
  type: TypeExpression;
}

/** Why a type cannot be written out. */
export interface UnprintedType {
  reason: string;
}

/** What a function takes and gives, each written out where that can be done exactly. */
export interface FunctionTypes {
  /** Whether they are, where written out, the very types that TypeScript would infer. */
  isExact: boolean;
  /** Whether plain Convex clients pass `paginationOpts` in place of `cursor` and `limit`. */
  isPaginated: boolean;
  /** What callers pass. */
  input: PrintedType | UnprintedType;
  /** What callers receive. */
  output: PrintedType | UnprintedType;
  /** In the order in which they were declared. */
  errors: DescribedError[];
  /** What its raw handler takes and returns; `undefined` where that needs more of a context than Convex gives. */
  handler: HandlerTypes | undefined;
}

/** What a route takes, its parts in one object, and what it answers. */
export type RouteTypes = Omit<FunctionTypes, 'isPaginated' | 'handler'>;

export interface HandlerTypes {
  input: PrintedType | UnprintedType;
  output: PrintedType | UnprintedType;
}

/** An error that a procedure declares. */
export interface DescribedError {
  code: string;
  status: number;
  data: PrintedType | UnprintedType;
}

/** Types that contain themselves are few, and the others share one list. */
export function printed(
  type: TypeExpression,
  recursive: readonly RecursiveType[] = [],
): PrintedType {
  return { type, recursive: recursive.length === 0 ? NOT_RECURSIVE : recursive };
}

const NOT_RECURSIVE: readonly RecursiveType[] = [];

export function isPrinted(type: PrintedType | UnprintedType): type is PrintedType {
  return 'type' in type;
}

/** A type of this package: `imported('Page', item)`. */
export function imported(name: string, ...parameters: TypeExpression[]): TypeExpression {
  return { kind: 'imported', name, parameters };
}

/** One object for each text: most of all types are a few, and they stay few when a thread hands them to another. */
export function text(text: string): TextType {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const type: TextType = { kind: 'text', text };
  texts.set(text, type);
  return type;
}

const texts = new Map<string, TextType>();

/** The input of a procedure without `.input()`, as it is called: nothing may be given. */
export const NO_INPUT: TextType = text('Record<string, never>');

/** No input as a part of one, to which the builder's types add. */
export const NO_FIELDS: TextType = text('Record<never, never>');

export function isEmptyInput(type: TypeExpression): boolean {
  return type.kind === 'text' && (type.text === NO_INPUT.text || type.text === NO_FIELDS.text);
}

/** The union of some types, as TypeScript would simplify it. */
export function union(types: readonly TypeExpression[]): TypeExpression {
  const members = new Map<string, TypeExpression>();
  for (const type of types) {
    for (const member of type.kind === 'union' ? type.members : [type]) {
      members.set(JSON.stringify(member), member);
    }
  }
  for (const all of ['any', 'unknown']) {
    const found = members.get(JSON.stringify(text(all)));
    if (found !== undefined) return found;
  }
  members.delete(JSON.stringify(text('never')));
  const [only, ...others] = members.values();
  if (only === undefined) return text('never');
  return others.length === 0 ? only : { kind: 'union', members: [only, ...others] };
}

/** A union without those of its members whose text is given. */
export function without(type: TypeExpression, excluded: string): TypeExpression {
  const isKept = (member: TypeExpression): boolean =>
    member.kind !== 'text' || member.text !== excluded;
  if (type.kind === 'union') return union(type.members.filter(isKept));
  return isKept(type) ? type : text('never');
}

import type { TypeExpression, TypeField } from '../model/type-expression.ts';
import { printKey, printString } from './print-json.ts';

/** How wide generated lines may be, in characters. */
export const LINE_WIDTH = 100;

/** Where a type is printed. */
export interface TypePlace {
  /** What stands before the lines that it continues on. */
  indent: string;
  /** Characters that are left in its first line. */
  room: number;
  /** What the names of types that contain themselves begin with. */
  recursiveName: string;
  /** Gets the names that the file has to import. */
  imports: Set<string>;
}

/** `TeamsTreeOutput`, and `TeamsTreeOutput2` for the next one. */
export function nameRecursive(name: string, side: 'input' | 'output', index: number): string {
  return `${name}${side === 'input' ? 'Input' : 'Output'}${index === 0 ? '' : index + 1}`;
}

/** The name by which generated files import `GenericId`: that of Convex's own generated alias, which is the same type. */
export const ID = 'Id';

/** A type as text: in one line where it fits, else with one property, member or parameter in a line. */
export function printType(type: TypeExpression, place: TypePlace): string {
  const flat = printFlat(type, place);
  if (flat.length <= place.room) return flat;
  switch (type.kind) {
    case 'object':
      return type.fields.length === 0 ? flat : printFields(type.fields, type.isOpen, place);
    case 'array':
      return `${printOperand(type.element, place)}[]`;
    case 'readonly':
      return `readonly ${printType(type.of, place)}`;
    case 'generic':
      return printParameters(type, place);
    case 'imported':
      return type.parameters.length === 0 ? flat : printParameters(type, place);
    case 'dictionary':
      return `{ [key: string]: ${printType(type.value, place)} }`;
    case 'call':
      return printCall(type, place);
    case 'union':
    case 'intersection':
      return printMembers(type, place);
    default:
      return flat;
  }
}

function printFields(fields: readonly TypeField[], isOpen: boolean, place: TypePlace): string {
  const indent = `${place.indent}  `;
  const lines = fields.map(({ name, isOptional, type }) => {
    const key = `${printKey(name)}${isOptional ? '?' : ''}: `;
    const room = LINE_WIDTH - indent.length - key.length - 1;
    return `${indent}${key}${printType(type, { ...place, indent, room })};\n`;
  });
  if (isOpen) lines.push(`${indent}[key: string]: unknown;\n`);
  return `{\n${lines.join('')}${place.indent}}`;
}

function printParameters(
  { name, parameters }: Extract<TypeExpression, { kind: 'generic' | 'imported' }>,
  place: TypePlace,
): string {
  const indent = `${place.indent}  `;
  const inner = { ...place, indent, room: LINE_WIDTH - indent.length - 1 };
  const lines = parameters.map((parameter) => `${indent}${printType(parameter, inner)}`);
  return `${name}<\n${lines.join(',\n')}\n${place.indent}>`;
}

const ARROW = ') => ';

function printCall(
  { isOptional, input, result }: Extract<TypeExpression, { kind: 'call' }>,
  place: TypePlace,
): string {
  const opening = isOptional ? '(input?: ' : '(input: ';
  const parameter = printType(input, { ...place, room: place.room - opening.length });
  const room = LINE_WIDTH - place.indent.length - ARROW.length - 1;
  return `${opening}${parameter}${ARROW}${printType(result, { ...place, room })}`;
}

/** Kinds of types that may take several lines. */
const LARGE: ReadonlySet<TypeExpression['kind']> = new Set([
  'object',
  'array',
  'generic',
  'imported',
]);

/** `{ … } | null` stays in one piece; a union of several large types gets a line for each. */
function printMembers(
  { kind, members }: Extract<TypeExpression, { members: unknown }>,
  place: TypePlace,
): string {
  const sign = kind === 'union' ? '|' : '&';
  const large = members.filter(({ kind: of }) => LARGE.has(of));
  if (large.length === 1 && members.length <= 3) {
    return members.map((member) => printOperand(member, place)).join(` ${sign} `);
  }
  const indent = `${place.indent}  `;
  const inner = { ...place, indent: `${indent}  `, room: LINE_WIDTH - indent.length - 3 };
  const lines = members.map((member) => `\n${indent}${sign} ${printOperand(member, inner)}`);
  return lines.join('');
}

/** In parentheses where it would otherwise be taken apart by what stands beside it. */
function printOperand(type: TypeExpression, place: TypePlace): string {
  const printed = printType(type, place);
  return isCompound(type) ? `(${printed})` : printed;
}

function isCompound({ kind }: TypeExpression): boolean {
  return kind === 'union' || kind === 'intersection' || kind === 'readonly';
}

function printFlat(type: TypeExpression, place: TypePlace): string {
  switch (type.kind) {
    case 'text':
      return type.text;
    case 'id':
      place.imports.add(ID);
      return `${ID}<${printString(type.table)}>`;
    case 'object':
      return printFlatObject(type, place);
    case 'array':
      return `${printFlatOperand(type.element, place)}[]`;
    case 'tuple':
      return printTuple(type, place);
    case 'readonly':
      return `readonly ${printFlat(type.of, place)}`;
    case 'union':
      return type.members.map((member) => printFlatOperand(member, place)).join(' | ');
    case 'intersection':
      return type.members.map((member) => printFlatOperand(member, place)).join(' & ');
    case 'imported':
      place.imports.add(type.name);
      return type.parameters.length === 0 ? type.name : printFlatReference(type, place);
    case 'generic':
      return printFlatReference(type, place);
    case 'dictionary':
      return `{ [key: string]: ${printFlat(type.value, place)} }`;
    case 'call': {
      const opening = type.isOptional ? '(input?: ' : '(input: ';
      return `${opening}${printFlat(type.input, place)}${ARROW}${printFlat(type.result, place)}`;
    }
    case 'template':
      return `\`${type.parts.map((part) => printTemplatePart(part, place)).join('')}\``;
    case 'recursive':
      return nameRecursive(place.recursiveName, type.side, type.index);
  }
}

function printFlatOperand(type: TypeExpression, place: TypePlace): string {
  const printed = printFlat(type, place);
  return isCompound(type) ? `(${printed})` : printed;
}

function printFlatReference(
  { name, parameters }: { name: string; parameters: readonly TypeExpression[] },
  place: TypePlace,
): string {
  return `${name}<${parameters.map((parameter) => printFlat(parameter, place)).join(', ')}>`;
}

function printFlatObject(
  { fields, isOpen }: Extract<TypeExpression, { kind: 'object' }>,
  place: TypePlace,
): string {
  const parts = fields.map(
    ({ name, isOptional, type }) =>
      `${printKey(name)}${isOptional ? '?' : ''}: ${printFlat(type, place)}`,
  );
  if (isOpen) parts.push('[key: string]: unknown');
  return `{ ${parts.join('; ')} }`;
}

function printTuple(
  { items, rest }: Extract<TypeExpression, { kind: 'tuple' }>,
  place: TypePlace,
): string {
  const parts = items.map(({ isOptional, type }) =>
    isOptional ? `${printFlatOperand(type, place)}?` : printFlat(type, place),
  );
  if (rest !== undefined) parts.push(`...${printFlatOperand(rest, place)}[]`);
  return `[${parts.join(', ')}]`;
}

function printTemplatePart(part: string | TypeExpression, place: TypePlace): string {
  if (typeof part === 'string') return part.replace(/[`\\]|\$\{/g, String.raw`\$&`);
  return `\${${printFlat(part, place)}}`;
}

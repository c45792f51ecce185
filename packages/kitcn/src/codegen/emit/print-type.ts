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
  const print = (inner: TypeExpression): string => printFlat(inner, place);
  const operand = (inner: TypeExpression): string =>
    isCompound(inner) ? `(${print(inner)})` : print(inner);
  switch (type.kind) {
    case 'text':
      return type.text;
    case 'id':
      place.imports.add(ID);
      return `${ID}<${printString(type.table)}>`;
    case 'object':
      return printFlatObject(type, print);
    case 'array':
      return `${operand(type.element)}[]`;
    case 'tuple':
      return printTuple(type, { print, operand });
    case 'readonly':
      return `readonly ${print(type.of)}`;
    case 'union':
      return type.members.map(operand).join(' | ');
    case 'intersection':
      return type.members.map(operand).join(' & ');
    case 'imported':
      place.imports.add(type.name);
      return type.parameters.length === 0 ? type.name : printFlatReference(type, print);
    case 'generic':
      return printFlatReference(type, print);
    case 'dictionary':
      return `{ [key: string]: ${print(type.value)} }`;
    case 'call':
      return `(input${type.isOptional ? '?' : ''}: ${print(type.input)}${ARROW}${print(type.result)}`;
    case 'template':
      return `\`${type.parts.map((part) => printTemplatePart(part, print)).join('')}\``;
    case 'recursive':
      return nameRecursive(place.recursiveName, type.side, type.index);
  }
}

type Print = (type: TypeExpression) => string;

function printFlatReference(
  { name, parameters }: { name: string; parameters: readonly TypeExpression[] },
  print: Print,
): string {
  return `${name}<${parameters.map(print).join(', ')}>`;
}

function printFlatObject(
  { fields, isOpen }: Extract<TypeExpression, { kind: 'object' }>,
  print: Print,
): string {
  const parts = fields.map(
    ({ name, isOptional, type }) => `${printKey(name)}${isOptional ? '?' : ''}: ${print(type)}`,
  );
  if (isOpen) parts.push('[key: string]: unknown');
  return `{ ${parts.join('; ')} }`;
}

function printTuple(
  { items, rest }: Extract<TypeExpression, { kind: 'tuple' }>,
  { print, operand }: { print: Print; operand: Print },
): string {
  const parts = items.map(({ isOptional, type }) =>
    isOptional ? `${operand(type)}?` : print(type),
  );
  if (rest !== undefined) parts.push(`...${operand(rest)}[]`);
  return `[${parts.join(', ')}]`;
}

function printTemplatePart(part: string | TypeExpression, print: Print): string {
  if (typeof part === 'string') return part.replace(/[`\\]|\$\{/g, String.raw`\$&`);
  return `\${${print(part)}}`;
}

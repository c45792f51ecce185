import type { $ZodType } from 'zod/v4/core';
import { definitionOf } from '../../procedure/schema.ts';
import type { SchemaSide } from './describe-schema.ts';

/**
 * Whether Zod's types make a property with this schema optional. By their rules, not by `_zod.optin` and `_zod.optout`,
 * which say what the parser does: it also takes objects without a property of type `z.undefined()`.
 */
export function isOptional(schema: $ZodType, side: SchemaSide): boolean {
  return isOptionalWithin(schema, side, []);
}

function isOptionalWithin(schema: $ZodType, side: SchemaSide, outer: readonly $ZodType[]): boolean {
  if (outer.includes(schema)) return false;
  const isInnerOptional = (inner: $ZodType): boolean =>
    isOptionalWithin(inner, side, [...outer, schema]);
  const def = definitionOf(schema);
  switch (def.type) {
    case 'optional':
      return true;
    case 'default':
    case 'prefault':
      return side === 'input';
    case 'nullable':
    case 'readonly':
      return isInnerOptional(def.innerType);
    case 'lazy':
      return isInnerOptional(def.getter());
    case 'pipe':
      return isInnerOptional(side === 'input' ? def.in : def.out);
    case 'union':
      return def.options.some(isInnerOptional);
    case 'intersection':
      return isInnerOptional(def.left) && isInnerOptional(def.right);
    default:
      return false;
  }
}

/**
 * What Convex takes as the name of a field: printable ASCII, not empty, without `$` in front. Other than Convex itself,
 * which drops the field without a word, this refuses `__proto__`.
 */
const FIELD_NAME = /^(?!\$|__proto__$)[\x20-\x7e]{1,1024}$/;

export function isFieldName(name: string): boolean {
  return FIELD_NAME.test(name);
}

import { isFieldName } from './field-name.ts';

/** What is wrong with a field's name; `undefined` for one that can be sent. */
export function fieldNameProblem(name: string): string | undefined {
  if (isFieldName(name)) return undefined;
  return 'a field name must be 1 to 1024 characters of printable ASCII, must not start with "$" and must not be "__proto__"';
}

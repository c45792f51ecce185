import { expect, test } from 'vitest';
import { printJson } from './print-json.ts';

test('prints literals that mean the same', () => {
  const text =
    '{"auth":true,"sign-in":[1,{"a":null}],"__proto__":{"role":"admin","quote":"\'\\"\\n"},"empty":{}}';
  const printed = printJson(JSON.parse(text));
  expect(printed).toBe(
    `{ auth: true, 'sign-in': [1, { a: null }], ['__proto__']: { role: 'admin', quote: "'\\"\\n" }, empty: {} }`,
  );
  expect(JSON.stringify(new Function(`return ${printed}`)())).toBe(text);
});

import { describe, expect, test } from 'vitest';
import { createInternalId, decodeDocumentId, encodeDocumentId } from './document-id.ts';

const vectors: [tableNumber: number, internalId: number[], text: string][] = [
  [10_001, [...Array(16).keys()], 'j57000820c20a1g7104gm2rc1m70ynr8'],
  [1, Array<number>(16).fill(0), '0400000000000000000000000000248'],
  [128, Array<number>(16).fill(0xff), 'g00zzzzzzzzzzzzzzzzzzzzzzzzzywc9'],
];

describe('document ids', () => {
  test.each(vectors)('table %d', (tableNumber, bytes, text) => {
    const internalId = Uint8Array.from(bytes);
    expect(encodeDocumentId({ tableNumber, internalId })).toBe(text);
    expect(decodeDocumentId(text)).toEqual({ tableNumber, internalId });
  });

  test.each([0, 1, 127, 128, 10_001, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1])(
    'table number %d comes back',
    (tableNumber) => {
      const id = { tableNumber, internalId: createInternalId(Date.now()) };
      const text = encodeDocumentId(id);
      expect(text).toMatch(/^[0-9a-hjkmnp-tv-z]{31,37}$/);
      expect(decodeDocumentId(text)).toEqual(id);
    },
  );

  test.each([
    ['empty', ''],
    ['too short', 'j57000820c20a1g7104gm2rc1m70yn'],
    ['too long', 'j57000820c20a1g7104gm2rc1m70ynr8j57000'],
    ['wrong checksum', 'j57000820c20a1g7104gm2rc1m70ynr9'],
    ['upper case', 'J57000820c20a1g7104gm2rc1m70ynr8'],
    ['a letter outside the alphabet', 'i57000820c20a1g7104gm2rc1m70ynr8'],
    ['not text of an id', 'hello, this is no document id at all'],
  ])('refuses %s', (_, text) => {
    expect(decodeDocumentId(text)).toBeNull();
  });

  test('any change of one character is refused or is another id', () => {
    const text = 'j57000820c20a1g7104gm2rc1m70ynr8';
    for (let index = 0; index < text.length; index += 1) {
      for (const character of '0123456789abcdefghjkmnpqrstvwxyz') {
        const changed = text.slice(0, index) + character + text.slice(index + 1);
        const id = decodeDocumentId(changed);
        if (id !== null) expect(encodeDocumentId(id)).toBe(changed);
      }
    }
  });

  test('the last two bytes are the day', () => {
    const bytes = createInternalId(86_400_000 * 20_000);
    expect(bytes.slice(14)).toEqual(Uint8Array.of(20_000 >> 8, 20_000 & 0xff));
  });
});

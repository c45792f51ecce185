export interface Row extends Record<string, string | number | boolean | string[]> {
  number: number;
  key: string;
}

/** In another order than the numbers. */
export function toKey(number: number): string {
  return ((number * 2_654_435_761) % 4_294_967_296).toString(36);
}

/** The document of a number: the same for all contenders. */
export function toRow(number: number): Row {
  return {
    number,
    key: toKey(number),
    name: `Person ${number}`,
    email: `person.${number}@example.com`,
    isActive: number % 3 === 0,
    tags: ['one', `tag ${number % 100}`],
  };
}

import { expect, test } from 'vitest';
import { parseActingIdentity } from './acting-identity.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

test.each([
  [
    { subject: 's', issuer: 'i' },
    { subject: 's', issuer: 'i', tokenIdentifier: 'i|s' },
  ],
  [{ tokenIdentifier: 'i|a|b' }, { subject: 'a|b', issuer: 'i', tokenIdentifier: 'i|a|b' }],
  [{ tokenIdentifier: 'bare' }, { subject: 'bare', issuer: '', tokenIdentifier: 'bare' }],
  [
    { subject: 's', issuer: 'i', tokenIdentifier: 't', name: 'Zoë' },
    { subject: 's', issuer: 'i', tokenIdentifier: 't', name: 'Zoë' },
  ],
])('%j', (fields, identity) => {
  expect(parseActingIdentity(encode(fields))).toEqual(identity);
});

test.each([['%%%'], [encode('text')], [encode([])], [encode({ name: 'x' })], ['']])(
  'refuses %j',
  (encoded) => {
    expect(() => parseActingIdentity(encoded)).toThrow(
      expect.objectContaining({ status: 400, code: 'InvalidIdentity' }),
    );
  },
);

import type { WireCodec } from '../wire-codec.ts';

/** What every platform's `URL` has; this room knows no platform's types. */
interface WebUrl {
  readonly href: string;
}

declare const URL: new (href: string) => WebUrl;

/** Carries `URL`s as their text. */
export const urlCodec: WireCodec<WebUrl> = {
  name: 'URL',
  is: (value): value is WebUrl =>
    value instanceof URL || Object.prototype.toString.call(value) === '[object URL]',
  encode: (url) => url.href,
  decode(payload) {
    if (typeof payload === 'string') return new URL(payload);
    throw new TypeError('A URL travels as text');
  },
};

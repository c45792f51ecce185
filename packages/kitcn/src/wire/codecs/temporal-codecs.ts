import type { WireCodec } from '../wire-codec.ts';

/** The types whose text says all of them. */
const TEXTUAL = [
  'Instant',
  'PlainDate',
  'PlainDateTime',
  'PlainMonthDay',
  'PlainTime',
  'PlainYearMonth',
  'ZonedDateTime',
] as const;

/** A Duration's text does not tell 90 seconds in milliseconds from 90 seconds. */
const DURATION_FIELDS = [
  'years',
  'months',
  'weeks',
  'days',
  'hours',
  'minutes',
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
] as const;

type DurationFields = Record<(typeof DURATION_FIELDS)[number], number>;

/** What is needed of `Temporal`: the global one where there is one, or that of a polyfill. */
export type TemporalNamespace = Readonly<
  Record<(typeof TEXTUAL)[number], { from(text: string): object }>
> & { readonly Duration: { from(fields: DurationFields): object } };

/** Codecs for every type of `Temporal`; each side hands over the `Temporal` that it has. */
export function createTemporalCodecs(temporal: TemporalNamespace): readonly WireCodec[] {
  return [...TEXTUAL.map((type) => textCodec(type, temporal)), durationCodec(temporal)];
}

function textCodec(
  type: (typeof TEXTUAL)[number],
  { [type]: constructor }: TemporalNamespace,
): WireCodec {
  return {
    name: `Temporal${type}`,
    is: (value): value is object => isTemporal(value, type),
    encode: (value) => value.toString(),
    decode(payload) {
      if (typeof payload === 'string') return constructor.from(payload);
      throw new TypeError(`A Temporal.${type} travels as text`);
    },
  };
}

function durationCodec({ Duration }: TemporalNamespace): WireCodec<DurationFields> {
  return {
    name: 'TemporalDuration',
    is: (value): value is DurationFields => isTemporal(value, 'Duration'),
    encode: (duration) =>
      Object.fromEntries(DURATION_FIELDS.map((field) => [field, duration[field]])),
    // Refuses by itself what is no duration; a Duration has the fields as getters.
    decode: (payload) => Duration.from(payload as DurationFields) as DurationFields,
  };
}

function isTemporal(value: object, type: string): boolean {
  return Object.prototype.toString.call(value) === `[object Temporal.${type}]`;
}

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type { Encoded, EncodedDate, EncodedMap, EncodedSet } from './encoded.ts';

type Id = string & { __tableName: 'user' };

expectTypeOf<Encoded<Date>>().toEqualTypeOf<EncodedDate>();
expectTypeOf<Encoded<Id>>().toEqualTypeOf<Id>();
expectTypeOf<Encoded<{ at?: Date; tags: [Date, 1n][] }>>().toEqualTypeOf<{
  at?: EncodedDate;
  tags: [EncodedDate, 1n][];
}>();
expectTypeOf<Encoded<Date | null>>().toEqualTypeOf<EncodedDate | null>();
expectTypeOf<Encoded<ArrayBuffer>>().toEqualTypeOf<ArrayBuffer>();
expectTypeOf<Encoded<Record<string, Date>>>().toEqualTypeOf<Record<string, EncodedDate>>();
expectTypeOf<Encoded<{ at: Date }>>().not.toEqualTypeOf<{ at: Date }>();
expectTypeOf<Encoded<{ a: Set<Date> }>>().toEqualTypeOf<{ a: EncodedSet<Date> }>();
expectTypeOf<Encoded<Map<string, Date>>>().toEqualTypeOf<EncodedMap<string, Date>>();
expectTypeOf<EncodedMap<string, Date>['__crpc_Map']>().toEqualTypeOf<[string, EncodedDate][]>();

// A type that is an array of itself, alone and beside a Date.
type Json = z.infer<z.ZodJSONSchema>;
expectTypeOf<Encoded<Json>>().toEqualTypeOf<Json>();
expectTypeOf<Encoded<{ at: Date; data: Json }>>().toEqualTypeOf<{ at: EncodedDate; data: Json }>();
expectTypeOf<Encoded<{ at: Date; data: Json }>['data']>().not.toBeAny();

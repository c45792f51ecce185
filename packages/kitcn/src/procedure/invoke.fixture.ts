import { ConvexError, convexToJson, jsonToConvex } from 'convex/values';
import type { JSONValue } from 'convex/values';
import { expect } from 'vitest';
import { createCodec } from '../wire/codec.ts';

const { input: wire } = createCodec();

/** Calls a query as Convex does: JSON text in, JSON text out. */
export async function invoke(procedure: unknown, args: object = {}): Promise<unknown> {
  const { invokeQuery } = procedure as { invokeQuery(args: string): Promise<string> };
  const sent = JSON.stringify([convexToJson(wire.encode(args))]);
  return wire.decode(jsonToConvex(JSON.parse(await invokeQuery(sent)) as JSONValue));
}

/** The data of the `ConvexError` that a call ends with. */
export async function invokeError(procedure: unknown, args?: object): Promise<unknown> {
  const error: unknown = await invoke(procedure, args).then(
    () => expect.fail('did not throw'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConvexError);
  return JSON.parse((error as ConvexError<string>).data);
}

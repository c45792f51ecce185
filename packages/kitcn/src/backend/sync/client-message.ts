import { isJsonObject } from '../../shared/json-object.ts';
import type { JSONValue } from 'convex/values';
import { BackendError } from '../backend-error.ts';
import { decodeTimestamp } from './timestamp.ts';

export interface AddQuery {
  type: 'Add';
  queryId: number;
  udfPath: string;
  args: unknown;
  journal: string | null;
  componentPath: string | null;
}

export interface RemoveQuery {
  type: 'Remove';
  queryId: number;
}

export interface FunctionMessage {
  type: 'Mutation' | 'Action';
  requestId: number;
  udfPath: string;
  args: unknown;
  componentPath: string | null;
}

export interface AuthenticateMessage {
  type: 'Authenticate';
  tokenType: 'User' | 'Admin' | 'None';
  /** Empty for `None`. */
  value: string;
  baseVersion: number;
  /** Whom an admin acts as. */
  impersonating: Record<string, JSONValue> | null;
}

/** What clients send, checked; fields that nobody reads are left out. */
export type ClientMessage =
  | {
      type: 'Connect';
      sessionId: string;
      maxObservedTimestamp: bigint;
      /** The client's clock, milliseconds since the epoch. */
      clientTs: number | null;
    }
  | {
      type: 'ModifyQuerySet';
      baseVersion: number;
      newVersion: number;
      modifications: (AddQuery | RemoveQuery)[];
    }
  | AuthenticateMessage
  | FunctionMessage
  | { type: 'Event' };

type Fields = Record<string, unknown>;

const LONGEST_SESSION_ID = 100;

/** One text frame. 400 `InvalidMessage` says what is wrong with it. */
export function parseClientMessage(text: string): ClientMessage {
  const message = parseObject(text);
  switch (message['type']) {
    case 'Connect':
      return parseConnect(message);
    case 'Authenticate':
      return parseAuthenticate(message);
    case 'ModifyQuerySet':
      return {
        type: 'ModifyQuerySet',
        baseVersion: count(message, 'baseVersion'),
        newVersion: count(message, 'newVersion'),
        modifications: list(message, 'modifications').map(parseModification),
      };
    case 'Mutation':
    case 'Action':
      return { type: message['type'], requestId: count(message, 'requestId'), ...callOf(message) };
    case 'Event':
      return { type: 'Event' };
    default:
      throw invalid(
        `"type" is ${JSON.stringify(message['type'])?.slice(0, 100)}, which is unknown`,
      );
  }
}

function parseConnect(message: Fields): ClientMessage {
  const sessionId = string(message, 'sessionId');
  if (sessionId === '' || sessionId.length > LONGEST_SESSION_ID) {
    throw invalid(`"sessionId" must have 1 to ${LONGEST_SESSION_ID} characters`);
  }
  const observed = optionalString(message, 'maxObservedTimestamp');
  const maxObservedTimestamp = observed === null ? 0n : decodeTimestamp(observed);
  if (maxObservedTimestamp === null) {
    throw invalid('"maxObservedTimestamp" must be base64 of 8 bytes');
  }
  const clientTs = message['clientTs'];
  return {
    type: 'Connect',
    sessionId,
    maxObservedTimestamp,
    clientTs: typeof clientTs === 'number' ? clientTs : null,
  };
}

function parseAuthenticate(message: Fields): AuthenticateMessage {
  const { tokenType } = message;
  if (tokenType !== 'User' && tokenType !== 'Admin' && tokenType !== 'None') {
    throw invalid('"tokenType" must be "User", "Admin" or "None"');
  }
  const impersonating = message['impersonating'] ?? message['actingAs'] ?? null;
  if (impersonating !== null && !isJsonObject(impersonating)) {
    throw invalid('"impersonating" must be an object');
  }
  return {
    type: 'Authenticate',
    tokenType,
    value: tokenType === 'None' ? '' : string(message, 'value'),
    baseVersion: count(message, 'baseVersion'),
    // It came out of JSON.parse.
    impersonating: impersonating as Record<string, JSONValue> | null,
  };
}

function parseModification(value: unknown): AddQuery | RemoveQuery {
  if (!isJsonObject(value)) throw invalid('each of "modifications" must be an object');
  const queryId = count(value, 'queryId');
  switch (value['type']) {
    case 'Add':
      return { type: 'Add', queryId, journal: optionalString(value, 'journal'), ...callOf(value) };
    case 'Remove':
      return { type: 'Remove', queryId };
    default:
      throw invalid('"type" of a modification must be "Add" or "Remove"');
  }
}

function callOf(fields: Fields): Pick<AddQuery, 'udfPath' | 'args' | 'componentPath'> {
  return {
    udfPath: string(fields, 'udfPath'),
    args: list(fields, 'args'),
    componentPath: optionalString(fields, 'componentPath'),
  };
}

function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  if (isJsonObject(value)) return value;
  throw invalid('it is not a JSON object');
}

/** A whole number, not negative. */
function count(fields: Fields, name: string): number {
  const value = fields[name];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(`"${name}" must be a whole number that is not negative`);
}

function string(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw invalid(`"${name}" must be a string`);
}

function optionalString(fields: Fields, name: string): string | null {
  return fields[name] === undefined || fields[name] === null ? null : string(fields, name);
}

function list(fields: Fields, name: string): unknown[] {
  const value = fields[name];
  if (Array.isArray(value)) return value;
  throw invalid(`"${name}" must be an array`);
}

function invalid(reason: string): BackendError {
  return new BackendError(400, 'InvalidMessage', `The message cannot be used: ${reason}.`);
}

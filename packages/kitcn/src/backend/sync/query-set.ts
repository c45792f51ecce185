import { BackendError } from '../backend-error.ts';
import type { LiveQuery } from '../functions/function-host.ts';
import { parseFunctionRequest } from '../http/function-request.ts';
import type { FunctionRequest } from '../http/function-request.ts';
import type { AddQuery, ClientMessage, FunctionMessage } from './client-message.ts';

/** What is to be done about a query set, and the results that are known at once. */
export interface QuerySetChange {
  readonly version: number;
  readonly add: LiveQuery[];
  readonly remove: number[];
  /** JSON texts. */
  readonly modifications: string[];
}

/** Which queries a client watches, and what of that nobody has acted on yet. */
export class QuerySet {
  readonly #ids = new Set<number>();
  #version = 0;
  #add: LiveQuery[] = [];
  #remove: number[] = [];
  #modifications: string[] = [];

  /** Errors are the client's own: codes `BaseVersionMismatch`, `InvalidMessage`, `QueryIdInUse`, `UnknownQueryId`. */
  modify(message: ClientMessage & { type: 'ModifyQuerySet' }): void {
    const { baseVersion, newVersion, modifications } = message;
    assertVersion('query set', baseVersion, this.#version);
    if (newVersion <= baseVersion) {
      throw refusal('InvalidMessage', `"newVersion" must be greater than ${baseVersion}.`);
    }
    this.#version = newVersion;
    for (const modification of modifications) {
      if (modification.type === 'Add') this.#addQuery(modification);
      else this.#removeQuery(modification.queryId);
    }
  }

  /** All that was not taken before. */
  take(): QuerySetChange {
    const change = {
      version: this.#version,
      add: this.#add,
      remove: this.#remove,
      modifications: this.#modifications,
    };
    this.#add = [];
    this.#remove = [];
    this.#modifications = [];
    return change;
  }

  #addQuery(query: AddQuery): void {
    const { queryId: id, journal } = query;
    if (this.#ids.has(id)) {
      throw refusal('QueryIdInUse', `There is a query with the id ${id} already.`);
    }
    this.#ids.add(id);
    try {
      const { path, args } = toFunctionRequest(query);
      this.#add.push({ id, path, args, journal });
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      const failure = { type: 'QueryFailed', queryId: id, errorMessage: error.message };
      this.#modifications.push(JSON.stringify({ ...failure, logLines: [], journal }));
    }
  }

  #removeQuery(queryId: number): void {
    if (!this.#ids.delete(queryId)) {
      throw refusal('UnknownQueryId', `There is no query with the id ${queryId}.`);
    }
    this.#add = this.#add.filter(({ id }) => id !== queryId);
    this.#remove.push(queryId);
    this.#modifications.push(JSON.stringify({ type: 'QueryRemoved', queryId }));
  }
}

/** What a message asks to run. All errors are `BackendError`s with status 400. */
export function toFunctionRequest({
  udfPath,
  args,
  componentPath,
}: Pick<FunctionMessage, 'udfPath' | 'args' | 'componentPath'>): FunctionRequest {
  if (componentPath !== null && componentPath !== '') {
    throw refusal('NotSupported', 'The embedded backend does not support components yet.');
  }
  return parseFunctionRequest({ path: udfPath, args });
}

/** A client builds each change on the last one. */
export function assertVersion(what: string, base: number, current: number): void {
  if (base === current) return;
  throw refusal(
    'BaseVersionMismatch',
    `The change is based on version ${base} of the ${what}, which is at ${current}.`,
  );
}

export function refusal(code: string, message: string): BackendError {
  return new BackendError(400, code, message);
}

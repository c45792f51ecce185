import { setImmediate } from 'node:timers/promises';
import { assert } from '../../shared/assert.ts';
import { BackendError } from '../backend-error.ts';
import type { Clock } from '../../shared/clock.ts';
import type {
  Client,
  FunctionCaller,
  FunctionResult,
  LiveQuerySet,
} from '../functions/function-host.ts';
import { SerialQueue } from '../../shared/serial-queue.ts';
import { toBackendError } from '../http/error-response.ts';
import type { AccessControl } from '../http/request-identity.ts';
import type { SessionRequest } from '../storage/session-requests.ts';
import { toNanoseconds } from '../transaction/commit-clock.ts';
import { NOBODY, authenticate } from './authenticate.ts';
import type { SessionIdentity } from './authenticate.ts';
import { parseClientMessage } from './client-message.ts';
import type { AuthenticateMessage, ClientMessage, FunctionMessage } from './client-message.ts';
import { encodeFunctionResponse } from './function-response.ts';
import { QuerySet, assertVersion, refusal, toFunctionRequest } from './query-set.ts';
import type { SyncSocket } from './sync-socket.ts';
import { encodeTransition, toFrames } from './transition.ts';
import type { StateVersion } from './transition.ts';

export interface SyncSessionOptions {
  socket: SyncSocket;
  host: FunctionCaller;
  access: AccessControl;
  clock: Clock;
  log: (line: string) => void;
  client: Pick<Client, 'ip' | 'userAgent'>;
  /** Whether the client can put a transition together. */
  takesChunks: boolean;
}

export const MOST_WAITING = 1_000;

/** Close codes of RFC 6455. */
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;
const TRY_AGAIN_LATER = 1013;
const NORMAL = 1000;

/**
 * What one connection of the sync protocol knows. Messages are handled in their order; results go out as transitions,
 * one at a time, so that a slow client skips states in between.
 */
export class SyncSession {
  readonly #options: SyncSessionOptions;
  readonly #queries: LiveQuerySet;
  readonly #inbox = new SerialQueue();
  readonly #mutations = new SerialQueue();
  readonly #querySet = new QuerySet();
  #waitingMutations = 0;
  #hasTooManyMutations = false;
  #waitingActions = 0;
  #sessionId: string | null = null;
  #clockSkewMs = 0;
  #identity: SessionIdentity = NOBODY;
  #identityVersion = 0;
  #callExpiryOff: () => void = () => {};
  #sent: StateVersion = { querySet: 0, identity: 0, timestamp: 0n };
  /** What the client has seen elsewhere, and we must not fall behind. */
  #notBefore = 0n;
  #isDue = false;
  /** A response is waiting for a transition, even an empty one. */
  #isOwed = false;
  #isAdvancing = false;
  #isOver = false;

  constructor(options: SyncSessionOptions) {
    this.#options = options;
    this.#queries = options.host.openLiveQueries({
      onStale: () => this.#transit(),
      onLost: () =>
        this.#close(INTERNAL_ERROR, 'InternalServerError: the function thread was lost'),
    });
  }

  /** One text frame. */
  receive(text: string): void {
    if (this.#isOver) return;
    this.#inbox
      .run(() => (this.#isOver ? undefined : this.#handle(parseClientMessage(text))))
      .catch((error: unknown) => this.#fail(error));
  }

  /** The client did what the protocol does not allow: it is told, and stops. */
  refuse({ code, message }: BackendError): void {
    if (this.#isOver) return;
    const error = `${code}: ${message}`;
    void this.#options.socket.send(JSON.stringify({ type: 'FatalError', error }));
    this.#close(POLICY_VIOLATION, code);
  }

  /** The connection is gone. */
  end(): void {
    this.#isOver = true;
    this.#callExpiryOff();
    this.#queries.close();
  }

  #handle(message: ClientMessage): void | Promise<void> {
    if (message.type !== 'Connect' && this.#sessionId === null) {
      throw refusal('NotConnected', 'The first message must be "Connect".');
    }
    switch (message.type) {
      case 'Connect':
        return this.#connect(message);
      case 'Authenticate':
        return this.#options.socket.whilePaused(() => this.#authenticate(message));
      case 'ModifyQuerySet':
        this.#querySet.modify(message);
        return this.#transit();
      case 'Mutation':
        return this.#enqueueMutation(message);
      case 'Action':
        return this.#startAction(message);
      case 'Event':
    }
  }

  async #connect(message: ClientMessage & { type: 'Connect' }): Promise<void> {
    if (this.#sessionId !== null) {
      throw refusal('AlreadyConnected', '"Connect" is the first message only.');
    }
    const { sessionId, maxObservedTimestamp, clientTs } = message;
    const { clock, host } = this.#options;
    const now = clock.now();
    if (
      maxObservedTimestamp > toNanoseconds(now + 1) &&
      // Timestamps of the data never go back, but the clock may have been put back.
      maxObservedTimestamp > (await host.latestTimestamp())
    ) {
      this.#close(
        TRY_AGAIN_LATER,
        'ClientTimestampInFuture: the client saw later data than is here',
      );
      return;
    }
    this.#sessionId = sessionId;
    this.#clockSkewMs = clientTs === null ? 0 : clientTs - now;
    this.#notBefore = maxObservedTimestamp;
  }

  async #authenticate(message: AuthenticateMessage): Promise<void> {
    assertVersion('identity', message.baseVersion, this.#identityVersion);
    try {
      this.#identity = await authenticate(message, this.#options.access);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.#refuseIdentity(error, true);
      return;
    }
    this.#identityVersion += 1;
    this.#awaitExpiry();
    this.#transit();
  }

  #awaitExpiry(): void {
    this.#callExpiryOff();
    const { expiresAt } = this.#identity;
    if (expiresAt === Infinity || this.#isOver) return;
    const { clock } = this.#options;
    this.#callExpiryOff = clock.after(expiresAt - clock.now(), () => {
      // The clock may have been put back meanwhile.
      if (!this.#refuseExpired()) this.#awaitExpiry();
    });
  }

  /** The client gets a new token, and sends again on a new connection what it has no answer to. */
  #refuseExpired(): boolean {
    if (this.#options.clock.now() < this.#identity.expiresAt) return false;
    const error = new BackendError(
      401,
      'TokenExpired',
      'The token of this connection has expired.',
    );
    this.#refuseIdentity(error, false);
    return true;
  }

  #refuseIdentity({ code, message }: BackendError, authUpdateAttempted: boolean): void {
    if (this.#isOver) return;
    const error = `${code}: ${message}`;
    const baseVersion = this.#identityVersion;
    const refused = { type: 'AuthError', error, baseVersion, authUpdateAttempted };
    void this.#options.socket.send(JSON.stringify(refused));
    this.#close(NORMAL, code);
  }

  #enqueueMutation(message: FunctionMessage): void {
    if (this.#hasTooManyMutations) return;
    if (this.#waitingMutations >= MOST_WAITING) {
      this.#hasTooManyMutations = true;
      // After those that wait: the client sends again what it has no answer to, and would never get any.
      void this.#mutations.run(() => this.#close(TRY_AGAIN_LATER, 'TooManyConcurrentMutations'));
      return;
    }
    this.#waitingMutations += 1;
    const identity = this.#identity;
    this.#mutations
      .run(async () => {
        // Whatever has not begun is sent again on the next connection.
        if (this.#isOver || this.#refuseExpired()) return;
        await this.#runFunction(message, identity);
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#waitingMutations -= 1;
      });
  }

  #startAction(message: FunctionMessage): void {
    if (this.#waitingActions >= MOST_WAITING) {
      this.#close(TRY_AGAIN_LATER, 'TooManyConcurrentActions');
      return;
    }
    if (this.#refuseExpired()) return;
    this.#waitingActions += 1;
    this.#runFunction(message, this.#identity)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#waitingActions -= 1;
      });
  }

  async #runFunction(message: FunctionMessage, identity: SessionIdentity): Promise<void> {
    const result = await this.#resultOf(message, identity);
    if (this.#isOver) return;
    void this.#options.socket.send(encodeFunctionResponse(message, result));
    this.#isOwed = true;
    this.#transit();
  }

  async #resultOf(
    message: FunctionMessage,
    { identity, isAdmin, token }: SessionIdentity,
  ): Promise<FunctionResult> {
    try {
      const { path, args } = toFunctionRequest(message);
      const client = { ...this.#options.client, authToken: token };
      const call = { path, args, identity, isAdmin, client };
      return await (message.type === 'Action'
        ? this.#options.host.run({ ...call, kind: 'action' })
        : this.#options.host.run({ ...call, kind: 'mutation', session: this.#request(message) }));
    } catch (error) {
      // A server that failed closes the connection, and the client tries again.
      if (!(error instanceof BackendError) || error.status >= 500) throw error;
      return { status: 'error', errorMessage: error.message, logLines: [] };
    }
  }

  #request({ requestId }: FunctionMessage): SessionRequest {
    assert(this.#sessionId !== null, 'only a connected client asks for mutations');
    return { session: this.#sessionId, request: requestId };
  }

  /** Sees to it that a transition to the present goes out. */
  #transit(): void {
    this.#isDue = true;
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    this.#advance()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isAdvancing = false;
        if (this.#isDue && !this.#isOver) this.#transit();
      });
  }

  async #advance(): Promise<void> {
    while (this.#isDue && !this.#isOver) {
      // Messages that came together make one transition.
      await setImmediate();
      this.#isDue = false;
      const { identity, isAdmin } = this.#identity;
      const identityVersion = this.#identityVersion;
      const change = this.#querySet.take();
      const notBefore = this.#notBefore;
      const { add, remove } = change;
      // What is owed now, this transition pays: it is of a moment after the response.
      const isOwed = this.#isOwed;
      this.#isOwed = false;
      const snapshot = await this.#queries.advance({ identity, isAdmin, add, remove, notBefore });
      const changed = snapshot.changed.map(({ id, members }) => `{"queryId":${id},${members}}`);
      const modifications = [...change.modifications, ...changed];
      const start = this.#sent;
      const { timestamp } = snapshot;
      const end = { querySet: change.version, identity: identityVersion, timestamp };
      const isNew = start.querySet !== end.querySet || start.identity !== end.identity;
      if (this.#isOver) return;
      if (!isNew && !isOwed && modifications.length === 0) continue;
      this.#sent = end;
      const clockSkewMs = this.#clockSkewMs;
      const now = this.#options.clock.now();
      await this.#send(encodeTransition({ start, end, modifications, clockSkewMs, now }));
    }
  }

  /** Resolves when the client has taken it, or its buffers have. */
  async #send(transition: string): Promise<void> {
    const { socket, takesChunks } = this.#options;
    const frames = takesChunks ? toFrames(transition) : [transition];
    await Promise.all(frames.map((frame) => socket.send(frame)));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    const failure = toBackendError(error, this.#options.log);
    if (failure.status < 500) this.refuse(failure);
    else this.#close(INTERNAL_ERROR, `InternalServerError: ${failure.message}`);
  }

  #close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.end();
    this.#options.socket.close(code, reason);
  }
}

import type { TextCodec } from '../wire/text-codec.ts';
import type { AdminKey } from './admin-key.ts';
import type { UncheckedCallOptions } from './bound-caller.ts';
import type { CallTrace } from './call-trace.ts';
import type { Clock } from '../shared/clock.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { sendWatched } from './in-flight.ts';
import type { InFlight } from './in-flight.ts';
import type { Tokens } from './tokens.ts';
import type { DeploymentRequest, Transport } from './transport.ts';
import type { Watch } from './watch-calls.ts';

/** What all contexts of one factory share. */
export interface CallerSettings {
  readonly codec: TextCodec;
  /** `auth.isUnauthorized`, if there is one. */
  readonly isUnauthorized: ((error: unknown) => boolean) | undefined;
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  readonly dedupe: boolean;
  readonly clock: Clock;
  readonly random: () => number;
  /** What was learnt of the deployment: whether it knows no batches of queries. */
  readonly batches: { isMissing: boolean };
}

/** What all calls of one context share. */
export interface CallSession {
  readonly settings: CallerSettings;
  readonly transport: Transport;
  readonly tokens: Tokens;
  /** The `Authorization` of a request that is sent with this token. */
  readonly authorize: (token: string | undefined) => string | undefined;
  readonly admin: AdminKey | undefined;
  /** Whether an admin acts as a user. */
  readonly isActing: boolean;
  /** Absent if nobody watches: such a factory's calls pay nothing for it. */
  readonly watch: Watch | undefined;
  readonly signals: readonly AbortSignal[];
  readonly inFlight: InFlight;
}

/** One call on its way: the limits that it is under and who watches it. */
export interface CallScope {
  readonly signal: AbortSignal | undefined;
  readonly retries: number;
  readonly dedupe: boolean;
  readonly trace: CallTrace | undefined;
}

/** Whether a call has limits. Usually it has none, and then they must cost nothing. */
export function isLimited(
  { settings: { timeoutMs }, signals }: CallSession,
  options: UncheckedCallOptions,
): boolean {
  return (options.timeoutMs ?? timeoutMs ?? options.signal) !== undefined || signals.length > 0;
}

/** One attempt of one call. */
export interface AttemptRequest {
  readonly route: DeploymentRequest['route'];
  readonly body: string;
  readonly token: string | undefined;
}

/** Sends one attempt, or joins an equal one that is on its way. */
export function sendAttempt(
  session: CallSession,
  { route, body, token }: AttemptRequest,
  { dedupe, signal, trace }: CallScope,
): Promise<HttpAnswer> {
  const { transport, authorize, inFlight } = session;
  const request: DeploymentRequest = {
    route,
    body,
    authorization: authorize(token),
    headers: trace?.sentHeaders,
    signal,
  };
  const sender = { transport, trace };
  return dedupe ? inFlight.share(request, sender) : sendWatched(request, sender);
}

import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type {
  Attributes,
  Context,
  ContextManager,
  Span,
  SpanOptions,
  SpanStatus,
  TextMapPropagator,
  Tracer,
} from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApi } from '../api/create-api.ts';
import type { ApiLeaf } from '../api/api-function.ts';
import { createCallerFactory } from '../caller/create-caller-factory.ts';
import type { CallerFactory } from '../caller/caller-factory.ts';
import type { CallInterceptor } from '../caller/call-hooks.ts';
import { createOtelInterceptor } from './create-otel-interceptor.ts';

interface Api {
  user: { list: ApiLeaf<'query', {}, string[]> };
}

const api = createApi<Api>({ user: { list: { type: 'query' } } });
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/** A span as an SDK would export it. */
interface Finished {
  name: string;
  kind: SpanKind | undefined;
  parent: string | undefined;
  attributes: Attributes;
  status: SpanStatus | undefined;
}

/** A tracer that keeps what it made; the port that an SDK implements. */
function recordingTracer(): { tracer: Tracer; finished: Finished[] } {
  const finished: Finished[] = [];
  let made = 0;
  const startSpan = (name: string, options: SpanOptions = {}, parent?: Context): Span => {
    const within = trace.getSpan(parent ?? context.active())?.spanContext().spanId;
    const record: Finished = {
      name,
      kind: options.kind,
      parent: within,
      attributes: { ...options.attributes },
      status: undefined,
    };
    const spanId = String(++made).padStart(16, '0');
    const span: Partial<Span> = {
      spanContext: () => ({ traceId: TRACE_ID, spanId, traceFlags: 1 }),
      setAttribute(key, value) {
        if (value !== undefined) record.attributes[key] = value;
        return span as Span;
      },
      setStatus(status) {
        record.status = status;
        return span as Span;
      },
      end: () => void finished.push(record),
    };
    return span as Span; // The members that the interceptor uses.
  };
  return { finished, tracer: { startSpan } as unknown as Tracer };
}

/** What an SDK for Node registers. */
class AsyncContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    run: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => run.apply(thisArg, args));
  }

  bind<T>(_context: Context, target: T): T {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    return this;
  }
}

beforeEach(() => void context.setGlobalContextManager(new AsyncContext()));
afterEach(() => {
  context.disable();
  propagation.disable();
});

/** A factory over a `fetch` of its own, and the headers of what it sent. */
function factoryWith(
  interceptors: CallInterceptor[],
  answer: () => Response,
): { factory: CallerFactory<Api>; sent: Headers[] } {
  const sent: Headers[] = [];
  const factory = createCallerFactory({
    api,
    convexSiteUrl: 'http://localhost:3211',
    interceptors,
    fetch: async (_url, init) => {
      sent.push(new Headers(init.headers));
      return answer();
    },
  });
  return { factory, sent };
}

const success = (): Response => Response.json({ status: 'success', value: [] });

describe('a span of each call', () => {
  test('names it, and sends its traceparent', async () => {
    const { tracer, finished } = recordingTracer();
    const { factory, sent } = factoryWith([createOtelInterceptor({ tracer })], success);
    const { caller } = await factory.createContext({ headers: new Headers() });
    await caller.user.list({});
    await caller.user.list({});
    expect(finished[0]).toEqual({
      name: 'query user.list',
      kind: SpanKind.CLIENT,
      parent: undefined,
      attributes: {
        'rpc.system': 'convex',
        'rpc.method': 'user.list',
        'kitcn.kind': 'query',
        'kitcn.request_id': sent[0]?.get('convex-request-id'),
        'kitcn.attempts': 1,
      },
      status: undefined,
    });
    expect(sent.map((headers) => headers.get('traceparent'))).toEqual([
      `00-${TRACE_ID}-0000000000000001-01`,
      `00-${TRACE_ID}-0000000000000002-01`,
    ]);
  });

  test('is within the active one, and active while the call runs', async () => {
    const { tracer, finished } = recordingTracer();
    const inner: CallInterceptor = (_call, next) => {
      tracer.startSpan('inner').end();
      return next();
    };
    const { factory } = factoryWith([createOtelInterceptor({ tracer }), inner], success);
    const { caller } = await factory.createContext({ headers: new Headers() });
    const page = tracer.startSpan('page');
    await context.with(trace.setSpan(context.active(), page), () => caller.user.list({}));
    expect(finished.map(({ name, parent }) => [name, parent])).toEqual([
      ['inner', '0000000000000002'],
      ['query user.list', '0000000000000001'],
    ]);
  });

  test('tells how it failed', async () => {
    const { tracer, finished } = recordingTracer();
    const refuse = (): Response =>
      Response.json({ code: 'BadJsonBody', message: 'no' }, { status: 400 });
    const { factory } = factoryWith([createOtelInterceptor({ tracer })], refuse);
    const { caller } = await factory.createContext({ headers: new Headers() });
    await expect(caller.user.list({})).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(finished).toMatchObject([
      {
        attributes: { 'error.type': 'BAD_REQUEST', 'kitcn.error_origin': 'platform' },
        status: { code: SpanStatusCode.ERROR, message: 'no' },
      },
    ]);
  });

  test('is no failed one when a framework is steered', async () => {
    const { tracer, finished } = recordingTracer();
    const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/' });
    const inner: CallInterceptor = () => Promise.reject(redirect);
    const { factory } = factoryWith([createOtelInterceptor({ tracer }), inner], success);
    const { caller } = await factory.createContext({ headers: new Headers() });
    await expect(caller.user.list({})).rejects.toBe(redirect);
    expect(finished).toMatchObject([{ status: undefined, attributes: { 'kitcn.attempts': 0 } }]);
  });
});

test('a registered propagator has the first word', async () => {
  const propagator: TextMapPropagator = {
    inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', 'theirs'),
    extract: (active) => active,
    fields: () => ['traceparent'],
  };
  propagation.setGlobalPropagator(propagator);
  const { tracer } = recordingTracer();
  const { factory, sent } = factoryWith([createOtelInterceptor({ tracer })], success);
  const { caller } = await factory.createContext({ headers: new Headers() });
  await caller.user.list({});
  expect(sent[0]?.get('traceparent')).toBe('theirs');
});

test('without an SDK nothing is sent and nothing fails', async () => {
  const { factory, sent } = factoryWith([createOtelInterceptor()], success);
  const { caller } = await factory.createContext({ headers: new Headers() });
  expect(await caller.user.list({})).toEqual([]);
  expect(sent[0]?.has('traceparent')).toBe(false);
});

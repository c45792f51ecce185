import {
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Span, TextMapSetter, Tracer } from '@opentelemetry/api';
import type { CallInterceptor, InterceptedCall } from '../caller/call-hooks.ts';
import { isControlFlow } from '../caller/control-flow.ts';
import { isCRPCError } from '../errors/crpc-error.ts';

export interface OtelInterceptorOptions {
  /** Makes the spans. Default: the global provider's tracer named `kitcn`. */
  tracer?: Tracer | undefined;
}

const HEADERS: TextMapSetter<Headers> = { set: (headers, name, value) => headers.set(name, value) };

/**
 * An interceptor that makes one client span of each call, active while it runs, and sends its `traceparent`. Inputs and
 * outputs are not recorded.
 */
export function createOtelInterceptor(options: OtelInterceptorOptions = {}): CallInterceptor {
  return (call, next) => {
    const tracer = options.tracer ?? trace.getTracer('kitcn');
    const span = tracer.startSpan(`${call.kind} ${call.path}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'rpc.system': 'convex',
        'rpc.method': call.path,
        'kitcn.kind': call.kind,
        'kitcn.request_id': call.requestId,
      },
    });
    return context.with(trace.setSpan(context.active(), span), () => run({ call, span, next }));
  };
}

interface SpannedCall {
  call: InterceptedCall;
  span: Span;
  next: () => Promise<unknown>;
}

async function run({ call, span, next }: SpannedCall): Promise<unknown> {
  propagation.inject(context.active(), call.headers, HEADERS);
  sendTraceparent(span, call.headers);
  try {
    return await next();
  } catch (error) {
    if (!isControlFlow(error)) recordFailure(span, error);
    throw error;
  } finally {
    span.setAttribute('kitcn.attempts', call.attempt);
    span.end();
  }
}

/** Also where no propagator is registered, or one of another format. Source: W3C Trace Context, version 00. */
function sendTraceparent(span: Span, headers: Headers): void {
  const spanContext = span.spanContext();
  if (headers.has('traceparent') || !isSpanContextValid(spanContext)) return;
  const { traceId, spanId, traceFlags } = spanContext;
  const flags = traceFlags.toString(16).padStart(2, '0');
  headers.set('traceparent', `00-${traceId}-${spanId}-${flags}`);
}

function recordFailure(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  if (!isCRPCError(error)) return;
  span.setAttribute('error.type', error.code);
  span.setAttribute('kitcn.error_origin', error.origin);
}

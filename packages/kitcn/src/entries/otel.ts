/** OpenTelemetry for server-side calls. Needs `@opentelemetry/api`, an optional peer that nothing else here loads. */
export { createOtelInterceptor } from '../otel/create-otel-interceptor.ts';
export type { OtelInterceptorOptions } from '../otel/create-otel-interceptor.ts';

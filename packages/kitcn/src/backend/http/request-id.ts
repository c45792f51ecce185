const REQUEST_ID = /^[0-9a-f]{16}$/;

/** `Convex-Request-Id`: what the client calls its request, so that both sides name it alike. Anything odd is ignored. */
export function readRequestId(headers: Headers): string | undefined {
  const requestId = headers.get('convex-request-id');
  return requestId !== null && REQUEST_ID.test(requestId) ? requestId : undefined;
}

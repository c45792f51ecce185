/** What Node ends the body at: its `Content-Length`, unless it comes in chunks. */
export function declaredLength(request: Request): number | undefined {
  const declared = request.headers.get('content-length');
  return declared === null || request.headers.has('transfer-encoding')
    ? undefined
    : Number(declared);
}

/** What went wrong by its own account, not by choice of a framework. */
const ERROR_KINDS: ReadonlySet<string> = new Set(['[object Error]', '[object DOMException]']);

/**
 * Whether what was thrown steers a framework and must reach it untouched: Next's `redirect()`, `notFound()` and
 * dynamic-rendering signals carry a `digest`; others throw a `Response` or a plain object.
 */
export function isControlFlow(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  if ('digest' in thrown && typeof thrown.digest === 'string') return true;
  return !ERROR_KINDS.has(Object.prototype.toString.call(thrown));
}

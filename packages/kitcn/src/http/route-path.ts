/** One piece of a path: fixed text, or a parameter, which may be limited to a pattern. */
type Segment = { text: string } | { param: string; pattern: string | undefined };

/** `:id`, `:id{[0-9]+}` */
const PARAM = /^:([A-Za-z_]\w*)(?:\{([^{}]+)\})?$/;
const TEXT = /^[^:*?#{}]+$/;

/** The segments of `/users/:id`; `undefined` for what is no path of a route. */
export function tryParsePath(path: string): Segment[] | undefined {
  if (path === '/') return [];
  if (!path.startsWith('/')) return undefined;
  const segments: Segment[] = [];
  for (const piece of path.slice(1).split('/')) {
    const [, param, pattern] = PARAM.exec(piece) ?? [];
    if (param !== undefined) segments.push({ param, pattern });
    else if (TEXT.test(piece)) segments.push({ text: piece });
    else return undefined;
  }
  return segments;
}

/** The names of a path's parameters, in their order. */
export function pathParams(path: string): string[] {
  return (tryParsePath(path) ?? []).flatMap((segment) =>
    'param' in segment ? [segment.param] : [],
  );
}

/** The same for paths that the same requests match, whatever their parameters are called. */
export function toPathPattern(path: string): string {
  const segments = tryParsePath(path) ?? [];
  return segments
    .map((segment) =>
      'text' in segment ? `/${segment.text}` : `/:${segment.pattern && `{${segment.pattern}}`}`,
    )
    .join('');
}

/** Orders paths so that a special one stands before a general one: `/users/me` before `/users/:id`. */
export function comparePaths(a: string, b: string): number {
  const [ranksA, ranksB] = [toRanks(a), toRanks(b)];
  for (const [index, rank] of ranksA.entries()) {
    const difference = rank - (ranksB[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return ranksA.length - ranksB.length;
}

function toRanks(path: string): number[] {
  return (tryParsePath(path) ?? []).map((segment) => {
    if ('text' in segment) return 0;
    return segment.pattern === undefined ? 2 : 1;
  });
}

/** Lines around a change that are shown with it. */
const CONTEXT = 2;

/**
 * Where two texts begin and cease to differ, as lines: `-` what is only in the first, `+` what is only in the second,
 * between some that both have.
 */
export function diffLines(before: string, after: string): string {
  const [old, now] = [toLines(before), toLines(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const first = Math.max(0, start - CONTEXT);
  const lines = [
    `@@ line ${start + 1} @@`,
    ...old.slice(first, start).map((line) => `  ${line}`),
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${line}`),
    ...old.slice(old.length - end, old.length - end + CONTEXT).map((line) => `  ${line}`),
  ];
  return lines.join('\n');
}

function toLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

import type { Page } from '@playwright/test';

/** What a page said, and what went over its live connection: printed when its test fails. */
export interface PageDiary {
  readonly lines: readonly string[];
  /** What nothing in the page caught. */
  readonly errors: readonly Error[];
}

const LONGEST_LINE = 500;

export function keepDiary(page: Page): PageDiary {
  const start = performance.now();
  const lines: string[] = [];
  const errors: Error[] = [];
  const note = (what: string): void => {
    const at = Math.round(performance.now() - start);
    lines.push(`${at} ms ${what}`.slice(0, LONGEST_LINE));
  };
  page.on('framenavigated', (frame) => note(`at ${frame.url()}`));
  page.on('console', (message) => note(`${message.type()}: ${message.text()}`));
  page.on('requestfailed', (request) => note(`${request.url()} ${request.failure()?.errorText}`));
  page.on('pageerror', (error) => {
    note(`uncaught: ${error.stack}`);
    errors.push(error);
  });
  page.on('websocket', (socket) => {
    note(`connects to ${socket.url()}`);
    socket.on('framesent', ({ payload }) => note(`> ${payload}`));
    socket.on('framereceived', ({ payload }) => note(`< ${payload}`));
    socket.on('socketerror', (error) => note(`connection failed: ${error}`));
    socket.on('close', () => note('connection closed'));
  });
  return { lines, errors };
}

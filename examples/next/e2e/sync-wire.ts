import type { Page, WebSocketRoute } from '@playwright/test';

/** A page's WebSocket to the deployment, in the test's hands. */
export interface SyncWire {
  /** From now on what the deployment sends waits. */
  hold(): void;
  /** Delivers what waits, and all that comes. */
  release(): void;
  /** Loses what waits, and the connection with it; the next one is whole. */
  lose(): Promise<void>;
}

/** Call it before the page opens. */
export async function interceptSync(page: Page): Promise<SyncWire> {
  let isHolding = false;
  let held: (() => void)[] = [];
  let current: { page: WebSocketRoute; server: WebSocketRoute } | undefined;
  await page.routeWebSocket(/\/api\/[\d.]+\/sync$/, (route) => {
    const server = route.connectToServer();
    current = { page: route, server };
    server.onMessage((message) => {
      if (isHolding) held.push(() => route.send(message));
      else route.send(message);
    });
  });
  return {
    hold() {
      isHolding = true;
    },
    release() {
      isHolding = false;
      for (const deliver of held.splice(0)) deliver();
    },
    async lose() {
      isHolding = false;
      held = [];
      await Promise.all([current?.server.close(), current?.page.close({ code: 1001 })]);
    },
  };
}

'use client';

import { api } from '@convex/api';
import { insertAtTop, useMutation } from 'convex/react';

const PENDING = 'pending:';

/** Whether a message is only what we expect to see soon. */
export function isPending(id: string): boolean {
  return id.startsWith(PENDING);
}

/** Sends a message, and shows it before the deployment has answered. */
export function useSendMessage() {
  return useMutation(api.messages.send).withOptimisticUpdate((localQueryStore, { room, body }) => {
    const count = localQueryStore.getQuery(api.messages.count, { room });
    if (count !== undefined) localQueryStore.setQuery(api.messages.count, { room }, count + 1);
    const item = { id: PENDING + crypto.randomUUID(), author: 'You', body };
    const argsToMatch = { room };
    insertAtTop({ paginatedQuery: api.messages.page, argsToMatch, localQueryStore, item });
    insertAtTop({ paginatedQuery: api.messages.plainPage, argsToMatch, localQueryStore, item });
  });
}

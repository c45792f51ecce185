'use client';

import { api } from '@convex/api';
import { useQuery } from 'convex/react';
import { MessageForm } from './message-form';
import { MessageList } from './message-list';
import type { MessagePages } from './message-list';

/** A room whose messages come and go while you watch. */
export function Room({ room, pages }: { room: string; pages: MessagePages }) {
  const count = useQuery(api.messages.count, { room });

  return (
    <main>
      <h1>{room}</h1>
      <p role="status">{count === undefined ? '…' : `${count} message${count === 1 ? '' : 's'}`}</p>
      <MessageForm room={room} />
      <MessageList room={room} pages={pages} />
    </main>
  );
}

'use client';

import { api } from '@convex/api';
import { useMutation, usePaginatedQuery } from 'convex/react';
import { isPending } from './use-send-message';

const queries = { procedure: api.messages.page, plain: api.messages.plainPage };

/** Which of the two paginated queries a list shows. */
export type MessagePages = keyof typeof queries;

const PAGE_SIZE = 5;

export function MessageList({ room, pages }: { room: string; pages: MessagePages }) {
  const { results, status, loadMore } = usePaginatedQuery(
    queries[pages],
    { room },
    { initialNumItems: PAGE_SIZE },
  );
  const remove = useMutation(api.messages.remove);

  return (
    <>
      <ol aria-label="Messages">
        {results.map(({ id, author, body }) => (
          <li key={id} aria-busy={isPending(id)}>
            <strong>{author}</strong> <span>{body}</span>
            <button aria-label={`Delete ${body}`} onClick={() => void remove({ id })}>
              ×
            </button>
          </li>
        ))}
      </ol>
      {status === 'Exhausted' ? (
        <p className="end">That is all.</p>
      ) : (
        <button disabled={status !== 'CanLoadMore'} onClick={() => loadMore(PAGE_SIZE)}>
          Load more
        </button>
      )}
    </>
  );
}

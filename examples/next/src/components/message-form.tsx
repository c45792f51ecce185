'use client';

import { ConvexError } from 'convex/values';
import { useState } from 'react';
import { useSendMessage } from './use-send-message';

export function MessageForm({ room }: { room: string }) {
  const send = useSendMessage();
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(form: FormData) {
    setProblem(null);
    try {
      await send({ room, body: String(form.get('body')) });
    } catch (error) {
      setProblem(toProblem(error));
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
        event.currentTarget.reset();
      }}
    >
      <input name="body" placeholder="Say something" aria-label="Message" autoComplete="off" />
      <button>Send</button>
      {problem !== null && <p role="alert">{problem}</p>}
    </form>
  );
}

/** To a plain Convex client a `CRPCError` is a `ConvexError` whose data has its code and message. */
function toProblem(error: unknown): string {
  if (!(error instanceof ConvexError)) return String(error);
  const { code, message } = error.data as { code: string; message: string };
  return `${code}: ${message}`;
}

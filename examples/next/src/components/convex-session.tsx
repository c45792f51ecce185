'use client';

import { ConvexProviderWithAuth, ConvexReactClient } from 'convex/react';
import { createContext, useContext, useMemo } from 'react';
import type { ReactNode } from 'react';

const client = new ConvexReactClient(process.env.NEXT_PUBLIC_CONVEX_URL!);

const SessionUser = createContext<string | null>(null);

/** One live connection for the whole app, signed in as the user whom the server found in the session's cookie. */
export function ConvexSession({ user, children }: { user: string | null; children: ReactNode }) {
  return (
    <SessionUser value={user}>
      <ConvexProviderWithAuth client={client} useAuth={useSession}>
        {children}
      </ConvexProviderWithAuth>
    </SessionUser>
  );
}

function useSession() {
  const user = useContext(SessionUser);
  // A new object, and so a new sign-in, whenever the user is another.
  return useMemo(
    () => ({
      isLoading: false,
      isAuthenticated: user !== null,
      fetchAccessToken: async () => {
        const response = await fetch('/api/token');
        return response.ok ? response.text() : null;
      },
    }),
    [user],
  );
}

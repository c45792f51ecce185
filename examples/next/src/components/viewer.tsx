'use client';

import { api } from '@convex/api';
import { Authenticated, AuthLoading, Unauthenticated, useQuery } from 'convex/react';
import Link from 'next/link';

/** Whom the deployment takes us for, live. */
export function Viewer() {
  const viewer = useQuery(api.user.viewer, {});

  return (
    <nav aria-label="Account">
      <AuthLoading>…</AuthLoading>
      <Unauthenticated>
        <Link href="/login">Sign in</Link>
      </Unauthenticated>
      <Authenticated>
        <Link href="/me">{viewer}</Link>
      </Authenticated>
    </nav>
  );
}

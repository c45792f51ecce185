import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ConvexSession } from '@/components/convex-session';
import { Viewer } from '@/components/viewer';
import { sessionUser } from '@/lib/session';
import './globals.css';

export const metadata: Metadata = { title: 'kitcn and Next.js' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const user = await sessionUser(await headers());

  return (
    <html lang="en">
      <body>
        <ConvexSession user={user}>
          <header>
            <Link href="/">kitcn</Link>
            <Viewer />
          </header>
          {children}
        </ConvexSession>
      </body>
    </html>
  );
}

'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { signToken } from '@/lib/issuer';
import { SESSION_COOKIE } from '@/lib/session';

/** Takes everyone's word for who they are: put your identity provider here. */
export async function signIn(form: FormData): Promise<void> {
  const name = String(form.get('name')).trim();
  if (name === '') redirect('/login');
  const session = await signToken(name, 'session');
  (await cookies()).set(SESSION_COOKIE, session, { httpOnly: true, sameSite: 'lax', path: '/' });
  redirect('/me');
}

export async function signOut(): Promise<void> {
  (await cookies()).delete(SESSION_COOKIE);
  redirect('/login');
}

import { signToken } from '@/lib/issuer';
import { sessionUser } from '@/lib/session';

/** The token of a request: a program brings its own, a browser has the session's cookie. */
export async function getToken(_siteUrl: string, headers: Headers): Promise<{ token?: string }> {
  const token = headers.get('authorization')?.replace('Bearer ', '');
  if (token) return { token };
  const user = await sessionUser(headers);
  return user === null ? {} : { token: await signToken(user, 'convex') };
}

import { readSubject } from './issuer';

export const SESSION_COOKIE = 'session';

/** Who sent a request with these headers; `null` for nobody. */
export async function sessionUser(headers: Headers): Promise<string | null> {
  const cookies = headers.get('cookie')?.split('; ') ?? [];
  const cookie = cookies.find((each) => each.startsWith(`${SESSION_COOKIE}=`));
  return cookie === undefined
    ? null
    : readSubject(cookie.slice(SESSION_COOKIE.length + 1), 'session');
}

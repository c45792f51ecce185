import { HTTPException } from 'hono/http-exception';

/** Ends the request with a redirect, as Next.js's function of this name does. */
export function redirect(location: string): never {
  throw new HTTPException(303, {
    res: new Response(null, { status: 303, headers: { location } }),
  });
}

import { signToken } from '@/lib/issuer';
import { sessionUser } from '@/lib/session';

/** A fresh token of the deployment for whoever is signed in: what `ConvexProviderWithAuth` fetches. */
export async function GET(request: Request): Promise<Response> {
  const user = await sessionUser(request.headers);
  if (user === null) return new Response(null, { status: 401 });
  return new Response(await signToken(user, 'convex'), {
    headers: { 'content-type': 'application/jwt', 'cache-control': 'no-store' },
  });
}

import { createContext } from '@/lib/convex/server';

/** A route handler as Next.js takes it; anything that speaks `Request` and `Response` can serve it. */
export async function GET(request: Request): Promise<Response> {
  const ctx = await createContext({ headers: request.headers });
  const data = await ctx.caller.user.list({});

  return Response.json(data);
}

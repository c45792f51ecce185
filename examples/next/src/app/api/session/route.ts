import { toErrorResponse } from '@/lib/convex/error-response';
import { createContext } from '@/lib/convex/server';

/** Who the deployment takes the sender for. */
export async function GET(request: Request): Promise<Response> {
  const ctx = await createContext({ headers: request.headers });
  try {
    return Response.json(await ctx.caller.user.getSessionUser({}));
  } catch (error) {
    return toErrorResponse(error);
  }
}

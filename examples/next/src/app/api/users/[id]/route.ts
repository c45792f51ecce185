import { toErrorResponse } from '@/lib/convex/error-response';
import { createContext } from '@/lib/convex/server';

export async function GET(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const ctx = await createContext({ headers: request.headers });
  try {
    return Response.json(await ctx.caller.user.getById(await params));
  } catch (error) {
    return toErrorResponse(error);
  }
}

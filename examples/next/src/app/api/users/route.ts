import { toErrorResponse } from '@/lib/convex/error-response';
import { createContext } from '@/lib/convex/server';

export async function GET(request: Request): Promise<Response> {
  const ctx = await createContext({ headers: request.headers });
  const data = await ctx.caller.user.list({});

  return Response.json(data);
}

export async function POST(request: Request): Promise<Response> {
  const ctx = await createContext({ headers: request.headers });
  try {
    return Response.json(
      { id: await ctx.caller.user.create(await request.json()) },
      { status: 201 },
    );
  } catch (error) {
    return toErrorResponse(error);
  }
}

import { redirect } from 'next/navigation';
import { createContext } from '@/lib/convex/server';

/** Every kind of call in one place: `POST` with `{ userId }`. */
export async function POST(request: Request): Promise<Response> {
  const { userId } = await request.json();

  // Create context from request headers
  const ctx = await createContext({ headers: request.headers });

  // Query
  const users = await ctx.caller.user.list({});

  // Query with input
  const user = await ctx.caller.user.getById({ id: userId });

  // Mutation
  const newId = await ctx.caller.user.create({
    name: 'John',
    email: 'john@example.com',
  });

  // Check auth state
  if (!ctx.isAuthenticated) {
    redirect('/login');
  }

  return Response.json({ users: users.length, user, newId });
}

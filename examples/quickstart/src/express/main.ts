import type { AddressInfo } from 'node:net';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import { isCRPCError } from 'kitcn/crpc';
import { createContext } from '@/lib/convex/server';

const app = express();
app.use(express.json());

/** Express has headers of its own kind; the token is all that is needed of them. */
function contextOf(req: Request) {
  const { authorization } = req.headers;
  return createContext({ headers: new Headers(authorization ? { authorization } : {}) });
}

app.get('/users', async (req, res) => {
  const ctx = await contextOf(req);
  res.json(await ctx.caller.user.list({}));
});

app.post('/users', async (req, res) => {
  const ctx = await contextOf(req);
  res.status(201).json({ id: await ctx.caller.user.create(req.body) });
});

// oxlint-disable-next-line max-params -- Express knows error handlers by their four parameters.
app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
  if (!isCRPCError(error)) return next(error);
  const { code, message, data, status } = error;
  res.status(status).json({ code, message, data });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}`);
});

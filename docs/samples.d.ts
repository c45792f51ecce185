// What the samples of the docs take for granted: the request being handled, its context, and an id.
import type { Api } from '@convex/api';
import type { ConvexContext } from 'kitcn/server';
import type { Id } from '../examples/quickstart/convex/functions/_generated/dataModel.js';

declare global {
  const request: Request;
  const ctx: ConvexContext<Api>;
  const id: Id<'user'>;
}

import { CRPCError } from 'kitcn/crpc';
import type { ErrorMakers } from 'kitcn/server';
import { z } from 'zod';

/** What may be out of stock, and what may be too late. */
export const stock = {
  OUT_OF_STOCK: {
    status: 409,
    message: 'Nothing is left',
    data: z.object({ left: z.number(), since: z.date(), asked: z.set(z.string()), more: z.any() }),
  },
};
export const offers = { EXPIRED: { status: 410 } };

/** What a procedure is asked to fail with. */
export const offer = z.object({
  kind: z.enum(['data', 'plain', 'byHand', 'unfit', 'unsendable', 'table']),
});

export type Kind = z.infer<typeof offer>['kind'];

/** Fails with it. */
export function refuse(kind: Kind, errors: ErrorMakers<typeof stock & typeof offers>): never {
  const data = { left: 0, since: new Date(5), asked: new Set(['a']), more: { __crpc_Date: 1 } };
  switch (kind) {
    case 'data':
      throw errors.OUT_OF_STOCK(data);
    case 'plain':
      throw errors.EXPIRED(undefined, { message: 'Too late', cause: 'hunter2' });
    case 'byHand':
      throw new CRPCError({ code: 'EXPIRED' });
    case 'unfit':
      throw errors.OUT_OF_STOCK({ ...data, left: 'hunter2' as unknown as number });
    case 'unsendable':
      throw errors.OUT_OF_STOCK({ ...data, more: [new WeakMap()] });
    case 'table':
      throw new CRPCError({ code: 'NOT_FOUND' });
  }
}

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

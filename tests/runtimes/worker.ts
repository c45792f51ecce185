import { runCases } from './cases.ts';
import type { Addresses } from './cases.ts';

/** For `workerd test`: runs the cases in a worker and prints their reports. */
export default {
  async test(_controller: unknown, addresses: Addresses): Promise<void> {
    console.log(JSON.stringify(await runCases(addresses)));
  },
};

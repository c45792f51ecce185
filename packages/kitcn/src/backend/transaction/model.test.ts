import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ModelRun } from './model-run.fixture.ts';
import { operation } from './operation.fixture.ts';

/** `npm run test:model` asks for more; a seed that failed is tried again with `MODEL_SEED`. */
const OPERATIONS = Number(process.env['MODEL_OPERATIONS'] ?? 20_000);
const FIRST_SEED = Number(process.env['MODEL_SEED'] ?? 1);
const RUNS_OF_SEED = 25;
const LONGEST_PROGRAM = 400;

const program = fc.noBias(fc.array(operation, { maxLength: LONGEST_PROGRAM, size: 'max' }));

test(
  `${OPERATIONS} random operations do what they do to a plain map, from seed ${FIRST_SEED}`,
  { timeout: 600_000 },
  () => {
    let done = 0;
    const property = fc.property(program, (operations) => {
      using run = new ModelRun();
      for (const each of operations) {
        run.do(each);
        done += 1;
      }
    });
    // What fails is shrunk, and reported with its seed.
    for (let seed = FIRST_SEED; done < OPERATIONS; seed += 1) {
      fc.assert(property, { seed, numRuns: RUNS_OF_SEED });
    }
    expect(done).toBeGreaterThanOrEqual(OPERATIONS);
  },
);

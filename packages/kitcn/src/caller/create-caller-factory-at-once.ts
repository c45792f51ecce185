import { createTextCodec } from '../wire/text-codec.ts';
import type { AdminCallerFactory, CreateCallerFactory } from './caller-factory.ts';
import { makeCallerFactory } from './caller-factory.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { provideOnDemand } from './on-demand.ts';
import * as parts from './on-demand-parts.ts';

/** Creates typed callers of a deployment's procedures, with all of it in one file, the fast codec too. */
export const createCallerFactory: CreateCallerFactory = <TApi extends object>(
  options: CreateCallerFactoryOptions<TApi>,
): AdminCallerFactory<TApi> => {
  provideOnDemand(async () => parts);
  return makeCallerFactory(options, createTextCodec);
};

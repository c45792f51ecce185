import { createPlainJsonCodec } from '../wire/plain-json-codec.ts';
import type { AdminCallerFactory, CreateCallerFactory } from './caller-factory.ts';
import { makeCallerFactory } from './caller-factory.ts';
import type { CreateCallerFactoryOptions } from './caller-options.ts';
import { provideOnDemand } from './on-demand.ts';

/** Creates typed callers of a deployment's procedures, over HTTP, for servers of any kind. */
export const createCallerFactory: CreateCallerFactory = <TApi extends object>(
  options: CreateCallerFactoryOptions<TApi>,
): AdminCallerFactory<TApi> => {
  provideOnDemand(() => import('./on-demand-parts.ts'));
  return makeCallerFactory(options, createPlainJsonCodec);
};

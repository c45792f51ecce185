import { provideOnDemand } from './on-demand.ts';

// For tests of what a factory is made of, without a factory.
provideOnDemand(() => import('./on-demand-parts.ts'));

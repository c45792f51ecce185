/** Backends in memory for tests, whatever runs them. Node 22.13 or later. */
export type { Advance, WaitingJob } from '../testing/advance.ts';
export { convexTest } from '../testing/convex-test.ts';
export type {
  ConvexTestOptions,
  TestConvex,
  TestConvexForDataModel,
  TestConvexRoot,
  TestRequestMetadata,
} from '../testing/convex-test.ts';
export { createTestBackend } from '../testing/create-test-backend.ts';
export type { TestBackend, TestBackendOptions, TestUser } from '../testing/create-test-backend.ts';
export { TestError } from '../testing/test-error.ts';
export type { TestErrorCode } from '../testing/test-error.ts';
export type { TestIdentity } from '../testing/test-identity.ts';
export type { TestModules } from '../testing/test-modules.ts';
export type {
  TransactionLimits,
  TransactionMetric,
} from '../backend/transaction/transaction-usage.ts';
export type { TestSnapshot } from '../testing/test-snapshot.ts';

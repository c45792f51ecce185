/** What a plain call does without. One door for all of it: bundlers cut a chunk for each set of modules behind one. */
export { createAdminKey } from './admin-key.ts';
export { assertRetries } from './assert-retries.ts';
export { chooseExchange } from './choose-exchange.ts';
export { deploymentUrlError } from './deployment-url-error.ts';
export { readAnswer } from './function-answer.ts';
export { missingError } from './missing-error.ts';
export { toFetchError } from './network-error.ts';
export { Recovery } from './recovery.ts';
export { runLimited } from './run-limited.ts';
export { runWithOptions } from './run-with-options.ts';
export { takeSnapshot } from './take-snapshot.ts';
export { createTokenSources } from './create-token-sources.ts';
export { createWatch } from './watch-calls.ts';
export { writeInput } from './write-input.ts';

import { refuseBrowser } from '../caller/refuse-browser.ts';

/**
 * What a browser's bundle gets for `kitcn/server`. The names are there only so that bundlers link it: loading it throws
 * and says what to import instead.
 */
export const createCallerFactory: never = refuseBrowser();
export const createModuleCaller: never = refuseBrowser();
export const createModuleHandler: never = refuseBrowser();
export const initCRPC: never = refuseBrowser();
export const requireActionCtx: never = refuseBrowser();
export const requireSchedulerCtx: never = refuseBrowser();

import type { ProcedureInfo } from './definition.ts';

/** The part of Convex's context that tells which function runs; hosts and versions without it exist. */
interface MetaCtx {
  meta?: { getFunctionMetadata?: () => Promise<{ name: string }> };
}

/**
 * Asks the host once for the name of the function that runs, for middleware. Codegen and the host know it; a stack trace
 * taken where the procedure is defined would cost more than all else there.
 */
export async function readFunctionName(info: ProcedureInfo, ctx: MetaCtx): Promise<void> {
  if (typeof ctx.meta?.getFunctionMetadata !== 'function') return;
  try {
    info.functionName = (await ctx.meta.getFunctionMetadata()).name;
  } catch {
    info.functionName = 'unknown'; // The host has no such operation.
  }
}

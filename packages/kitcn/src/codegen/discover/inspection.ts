import type { AnalyzedFunction } from '../../project/analyze.ts';
import type { FunctionsBundle } from '../../project/bundle.ts';
import type { ProjectErrorCode, SourcePosition } from '../../project/project-error.ts';

/** What the inspecting worker is started with. */
export interface InspectionRequest {
  bundle: FunctionsBundle;
  /** What `process.env` shows to the modules. */
  env: Record<string, string>;
}

/** What the worker says; the last message is `done` or `failed`. */
export type InspectionMessage =
  /** The body of a bundled module starts to run. */
  | { type: 'running'; module: string }
  | { type: 'done'; functions: [entry: string, functions: AnalyzedFunction[]][] }
  | {
      type: 'failed';
      code: ProjectErrorCode;
      text: string;
      at: SourcePosition | undefined;
      /** The bundled module that was running, if it is to blame. */
      module: string | undefined;
    };

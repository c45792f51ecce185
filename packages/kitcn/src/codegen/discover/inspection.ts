import type { FunctionsBundle } from '../../project/bundle.ts';
import type { ProjectErrorCode, SourcePosition } from '../../project/project-error.ts';
import type { DiscoveredFunction, DiscoveredRoute } from '../model/discovered-project.ts';
import type { SourceTraits } from './source-traits.ts';

/** What the inspecting worker finds in one module. */
export interface InspectedModule {
  functions: DiscoveredFunction[];
  routes: DiscoveredRoute[];
}

/** A module of the functions folder, and where in the bundle its exports are. */
export interface Subject {
  /** `items/queries` */
  entry: string;
  /** The bundle's entry that holds it. */
  bundled: string;
  /** The export of `bundled` that is its namespace; `undefined` if `bundled` is the module itself. */
  member: string | undefined;
  traits: SourceTraits;
}

/** What the inspecting worker is told to load and to look at. */
export interface InspectionRequest {
  bundle: FunctionsBundle;
  subjects: readonly Subject[];
}

/** How modules are looked at. */
export interface InspectionOptions {
  /** What `process.env` shows to the modules. */
  env: Readonly<Record<string, string>>;
  /** Whether functions and routes come with JSON Schemas. */
  hasJsonSchemas?: boolean;
  /** Whether the modules are for Node, and find what is Node's. */
  hasNode?: boolean;
}

/** What an inspecting worker is started with. */
export interface InspectorOptions extends InspectionOptions {
  /** Whether each bundled module tells that it starts. */
  isAnnounced: boolean;
}

/** What the worker says; an inspection ends with `done` or `failed`. */
export type InspectionMessage =
  /** The body of a bundled module starts to run. */
  | { type: 'running'; module: string }
  | { type: 'done'; modules: [entry: string, module: InspectedModule][] }
  | {
      type: 'failed';
      code: ProjectErrorCode;
      text: string;
      at: SourcePosition | undefined;
      /** The bundled module that was running, if it is to blame. */
      module: string | undefined;
    };

import { BackendError } from '../backend-error.ts';

/** Parts of Convex's API that are known but not there yet: what a path begins with or looks like, and its name. */
export const UNSUPPORTED_ROUTES: readonly (readonly [RegExp, string])[] = [
  [/^\/api\/storage(?:\/|$)/, 'file storage'],
  [/^\/api\/(?:deploy2\/|get_config|push_config|prepare_schema)/, 'pushes by the Convex CLI'],
  [/^\/api\/stream_(?:function_logs|udf_execution)$/, 'log streams'],
  [/^\/api\/(?:import\/|perform_import|cancel_import)/, 'data import'],
  [/^\/api\/export\//, 'data export'],
  [/^\/api\/(?:list_snapshot|document_deltas|json_schemas|shapes2|app_metrics)/, 'the admin API'],
  [/^\/api\/v1\//, 'the management API'],
];

/** For a path that no route took: 400 `NotSupported` with the feature's name, else 404 `NotFound`. */
export function toUnsupportedError(method: string, path: string): BackendError {
  const feature = UNSUPPORTED_ROUTES.find(([pattern]) => pattern.test(path))?.[1];
  const route = `${method} ${path.slice(0, 200)}`;
  return feature === undefined
    ? new BackendError(404, 'NotFound', `There is no route ${route}.`)
    : new BackendError(
        400,
        'NotSupported',
        `The embedded backend does not support ${feature} yet (${route}).`,
      );
}

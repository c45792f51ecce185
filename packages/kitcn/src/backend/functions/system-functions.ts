import type { JSONValue } from 'convex/values';
import type { Deployment } from './deployment.ts';
import { OWN_VARIABLES } from './environment-change.ts';
import type { RegisteredFunction } from './registered-function.ts';

const FOLDER = '_system/';

/** Adds the queries under `_system/` that Convex's own command line asks an admin's connection for. */
export function withSystemFunctions(
  deployment: Deployment,
  env: Readonly<Record<string, string>>,
): Deployment {
  const added = systemFunctions(env).map((each) => [each.path, each] as const);
  return { ...deployment, functions: new Map([...deployment.functions, ...added]) };
}

/** How many of these paths are functions of the project. */
export function countUserFunctions(paths: Iterable<string>): number {
  return [...paths].filter((path) => !path.startsWith(FOLDER)).length;
}

function systemFunctions(env: Readonly<Record<string, string>>): RegisteredFunction[] {
  const variables = Object.entries(env)
    .filter(([name]) => !OWN_VARIABLES.has(name))
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    systemQuery(`${FOLDER}cli/queryEnvironmentVariables:default`, () => variables),
    systemQuery(
      `${FOLDER}cli/queryEnvironmentVariables:get`,
      ({ name }) => variables.find((variable) => variable.name === name) ?? null,
    ),
  ];
}

function systemQuery(
  path: string,
  answer: (args: Record<string, JSONValue>) => JSONValue,
): RegisteredFunction {
  return {
    path,
    kind: 'query',
    visibility: 'internal',
    args: { type: 'any' },
    returns: null,
    async invoke(argsJson) {
      // A list with the one arguments object, which was checked to be one.
      const [args] = JSON.parse(argsJson) as [Record<string, JSONValue>];
      return JSON.stringify(answer(args));
    },
  };
}

import type { JSONValue } from 'convex/values';
import { OWN_VARIABLES } from './environment-change.ts';
import type { RegisteredFunction } from './registered-function.ts';

/** The queries under `_system/` that Convex's own command line asks an admin's connection for. */
export function systemFunctions(env: Readonly<Record<string, string>>): RegisteredFunction[] {
  const variables = Object.entries(env)
    .filter(([name]) => !OWN_VARIABLES.has(name))
    .map(([name, value]) => ({ name, value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    systemQuery('_system/cli/queryEnvironmentVariables:default', () => variables),
    systemQuery(
      '_system/cli/queryEnvironmentVariables:get',
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

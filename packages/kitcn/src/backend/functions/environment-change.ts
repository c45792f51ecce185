import { BackendError } from '../backend-error.ts';

/** Sets a variable of the deployment, or takes it away if there is no value. */
export interface EnvironmentChange {
  name: string;
  value?: string;
}

/** As of Convex. */
const LIMITS = { count: 512, nameLength: 256, valueBytes: 8 * 1024, totalBytes: 512 * 1024 };

/** What the backend itself says. */
export const OWN_VARIABLES: ReadonlySet<string> = new Set(['CONVEX_CLOUD_URL', 'CONVEX_SITE_URL']);

/** `environment` after some changes, all or none. 400 with a code for names and values that cannot be. */
export function changeEnvironment(
  environment: Readonly<Record<string, string>>,
  changes: readonly EnvironmentChange[],
): Record<string, string> {
  const changed = new Map(Object.entries(environment));
  for (const { name, value } of changes) {
    checkName(name);
    if (value === undefined) changed.delete(name);
    else changed.set(name, checkValue(name, value));
  }
  if (changed.size > LIMITS.count) {
    throw refusal('TooManyEnvVars', `There can be at most ${LIMITS.count} environment variables`);
  }
  let total = 0;
  for (const [name, value] of changed) total += Buffer.byteLength(name) + Buffer.byteLength(value);
  if (total > LIMITS.totalBytes) {
    throw refusal(
      'EnvVarsTooLarge',
      `All environment variables together may have at most ${LIMITS.totalBytes} bytes`,
    );
  }
  return Object.fromEntries(changed);
}

function checkName(name: string): void {
  const shown = JSON.stringify(name.slice(0, 100));
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > LIMITS.nameLength) {
    throw refusal(
      'InvalidEnvVarName',
      `${shown} is not the name of an environment variable: letters, digits and underscores, no digit first, at most ${LIMITS.nameLength}`,
    );
  }
  if (OWN_VARIABLES.has(name)) {
    throw refusal('EnvVarNameForbidden', `${shown} is set by the backend`);
  }
}

function checkValue(name: string, value: string): string {
  if (Buffer.byteLength(value) <= LIMITS.valueBytes) return value;
  throw refusal('EnvVarValueTooLarge', `${name} may have at most ${LIMITS.valueBytes} bytes`);
}

function refusal(code: string, message: string): BackendError {
  return new BackendError(400, code, `${message}.`);
}

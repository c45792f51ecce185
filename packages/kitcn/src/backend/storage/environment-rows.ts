import type { Connection } from './connection.ts';

/** The variables that were set on the deployment, by name. */
export function readEnvironment(connection: Connection): Record<string, string> {
  const rows = connection.all<{ name: string; value: string }>(
    'SELECT name, value FROM environment_variables ORDER BY name',
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Makes the variables of the deployment these and no others. */
export function writeEnvironment(
  connection: Connection,
  environment: Readonly<Record<string, string>>,
): void {
  connection.run('DELETE FROM environment_variables');
  for (const [name, value] of Object.entries(environment)) {
    connection.run('INSERT INTO environment_variables VALUES (?, ?)', name, value);
  }
}

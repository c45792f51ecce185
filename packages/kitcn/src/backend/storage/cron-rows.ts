import type { CronSpec } from '../scheduler/cron-spec.ts';
import type { Connection } from './connection.ts';

/** A cron and where it stands; times in milliseconds since the epoch. */
export interface CronRow {
  readonly spec: CronSpec;
  readonly nextTime: number;
  /** When it last began; `null` if it never did. */
  readonly lastTime: number | null;
  /** An action that it started has not ended. */
  readonly isRunning: boolean;
}

interface StoredRow {
  spec: string;
  next_time: number;
  last_time: number | null;
  is_running: number;
}

const COLUMNS = 'spec, next_time, last_time, is_running';

export function readCron(connection: Connection, name: string): CronRow | null {
  const row = connection.first<StoredRow>(`SELECT ${COLUMNS} FROM crons WHERE name = ?`, name);
  return row === undefined ? null : toCronRow(row);
}

/** All crons, by name. */
export function readCrons(connection: Connection): CronRow[] {
  return connection.all<StoredRow>(`SELECT ${COLUMNS} FROM crons ORDER BY name`).map(toCronRow);
}

export function writeCron(connection: Connection, row: CronRow): void {
  connection.run(
    'INSERT OR REPLACE INTO crons VALUES (?, ?, ?, ?, ?)',
    row.spec.name,
    JSON.stringify(row.spec),
    row.nextTime,
    row.lastTime,
    row.isRunning ? 1 : 0,
  );
}

export function deleteCron(connection: Connection, name: string): void {
  connection.run('DELETE FROM crons WHERE name = ?', name);
}

function toCronRow(row: StoredRow): CronRow {
  return {
    // Written by `writeCron`.
    spec: JSON.parse(row.spec) as CronSpec,
    nextTime: row.next_time,
    lastTime: row.last_time,
    isRunning: row.is_running === 1,
  };
}

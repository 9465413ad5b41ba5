import type { ClientBase } from 'pg';
import { DatabaseNotReady } from './start-errors.js';

/** What a connection is, and the settings that its transactions get. */
export interface ConnectedServer {
  readonly isStandby: boolean;
  readonly backendPid: number;
  readonly role: string;
  readonly dateStyle: string;
  readonly isolation: string;
}

export const CONNECTED_SERVER = `
  SELECT pg_is_in_recovery() AS "isStandby", pg_backend_pid() AS "backendPid", quote_ident(current_user) AS role,
         current_setting('datestyle') AS "dateStyle", current_setting('default_transaction_isolation') AS isolation`;

/**
 * Whether a pooler such as PgBouncer is between this client and Postgres: it then has a process id from the pooler. Each
 * transaction may run on another connection, so session-level locks and settings would stay behind for other clients.
 */
export function isPooled(client: ClientBase, { backendPid }: Pick<ConnectedServer, 'backendPid'>): boolean {
  const { processID } = client as unknown as { readonly processID: number | null };
  return processID !== null && processID !== backendPid;
}

/** @throws {DatabaseNotReady} when the settings, which cannot be changed through a pooler, do not fit */
export function requireSettings({ role, dateStyle, isolation }: ConnectedServer): void {
  const missing = [
    ...(dateStyle.startsWith('ISO') ? [] : [`ALTER ROLE ${role} SET datestyle = 'ISO'`]),
    ...(isolation === 'read committed'
      ? []
      : [`ALTER ROLE ${role} SET default_transaction_isolation = 'read committed'`]),
  ];
  if (missing.length > 0) {
    throw new DatabaseNotReady(`behind a connection pooler, run this first: ${missing.join('; ')}`);
  }
}

import type { ClientBase } from 'pg';
import { DatabaseNotReady } from './start-errors.js';

/** What a connection is, and the settings that its transactions get. */
export interface ConnectedServer {
  readonly isStandby: boolean;
  readonly encoding: string;
  readonly backendPid: number;
  readonly role: string;
  readonly dateStyle: string;
  readonly isolation: string;
  readonly floatDigits: number;
  readonly arrayNulls: string;
}

export const CONNECTED_SERVER = `
  SELECT pg_is_in_recovery() AS "isStandby", current_setting('server_encoding') AS encoding,
         pg_backend_pid() AS "backendPid", quote_ident(current_user) AS role,
         current_setting('datestyle') AS "dateStyle", current_setting('default_transaction_isolation') AS isolation,
         current_setting('extra_float_digits')::integer AS "floatDigits", current_setting('array_nulls') AS "arrayNulls"`;

/** SQL_ASCII, which `initdb` chooses without a locale, converts nothing: the text stays UTF-8. */
const ENCODINGS_FOR_ANY_TEXT: ReadonlySet<string> = new Set(['UTF8', 'SQL_ASCII']);

/** @throws {DatabaseNotReady} when the database could not store every name and address */
export function requireAnyText({ encoding }: Pick<ConnectedServer, 'encoding'>): void {
  if (!ENCODINGS_FOR_ANY_TEXT.has(encoding)) {
    throw new DatabaseNotReady(
      `the database has the encoding ${encoding}: create one with ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
}

/**
 * Whether a pooler such as PgBouncer is between this client and Postgres: it then has a process id from the pooler. Each
 * transaction may run on another connection, so session-level locks and settings would stay behind for other clients.
 */
export function isPooled(client: ClientBase, { backendPid }: Pick<ConnectedServer, 'backendPid'>): boolean {
  const { processID } = client as unknown as { readonly processID: number | null };
  return processID !== null && processID !== backendPid;
}

/** @throws {DatabaseNotReady} when the settings, which cannot be changed through a pooler, do not fit */
export function requireSettings(server: ConnectedServer): void {
  const { role, dateStyle, isolation, floatDigits, arrayNulls } = server;
  const missing = [
    ...(dateStyle.startsWith('ISO') ? [] : ["datestyle = 'ISO'"]),
    ...(isolation === 'read committed' ? [] : ["default_transaction_isolation = 'read committed'"]),
    // Times have 15 digits, which Postgres prints unless the setting is negative.
    ...(floatDigits >= 0 ? [] : ['extra_float_digits = 1']),
    ...(arrayNulls === 'on' ? [] : ['array_nulls = on']),
  ].map((setting) => `ALTER ROLE ${role} SET ${setting}`);
  if (missing.length > 0) {
    throw new DatabaseNotReady(`behind a connection pooler, run this first: ${missing.join('; ')}`);
  }
}

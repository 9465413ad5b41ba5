import type { DataSource } from 'typeorm';

/**
 * The server is a standby. It may lack revocations that have been answered, so nothing that is read from it proves that a
 * session is active.
 */
export class StandbyServer extends Error {
  override readonly name = 'StandbyServer';
  /** SQLSTATE `read_only_sql_transaction`, as for a statement that a standby refuses itself. */
  readonly code = '25006';

  constructor() {
    super('the server that DATABASE_URL leads to is a standby: connect to the primary');
  }
}

/** @throws {StandbyServer} */
export async function requirePrimary(dataSource: DataSource): Promise<void> {
  const [{ isStandby }] = await dataSource.query<[{ isStandby: boolean }]>(
    'SELECT pg_is_in_recovery() AS "isStandby"',
  );
  if (isStandby) throw new StandbyServer();
}

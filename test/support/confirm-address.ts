interface Database {
  /** Runs one SQL statement, bypassing the service. */
  sql(statement: string, parameters?: unknown[]): Promise<unknown>;
}

/** Confirms an address without its mail: notices go to confirmed addresses only. */
export async function confirmAddress(service: Database, email: string): Promise<void> {
  await service.sql('UPDATE users SET email_confirmed_at = now() WHERE email = $1', [email]);
}

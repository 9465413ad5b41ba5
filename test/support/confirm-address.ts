/** Confirms an address without its mail: notices go to confirmed addresses only. */
export async function confirmAddress(
  { sql }: { sql(statement: string, parameters?: unknown[]): Promise<unknown> },
  email: string,
): Promise<void> {
  await sql('UPDATE users SET email_confirmed_at = now() WHERE email = $1', [email]);
}

/** The database cannot be used now. The message is one line for the operator. */
export class DatabaseNotReady extends Error {
  override readonly name = 'DatabaseNotReady';
}

/** The embedded Postgres of development did not start. The message is one line for the developer. */
export class EmbeddedPostgresFailed extends Error {
  override readonly name = 'EmbeddedPostgresFailed';
}

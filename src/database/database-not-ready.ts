/** Told to whoever starts the service or a command, in one line. */
export class DatabaseNotReady extends Error {
  override readonly name = 'DatabaseNotReady';
}

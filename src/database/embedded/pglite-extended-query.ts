import type { PGlite } from '@electric-sql/pglite';

const SYNC = Uint8Array.of('S'.charCodeAt(0), 0, 0, 0, 4);
const TERMINATE = 'X'.charCodeAt(0);
/** Messages that are followed by another one: Parse, Bind, Describe, Execute, Close, Flush, CopyData. */
const UNFINISHED = new Set([...'PBDECHd'].map((letter) => letter.charCodeAt(0)));

/**
 * A PGlite that pglite-socket can serve to several clients.
 *
 * pglite-socket serves its clients in turn, message by message, and keeps the turn only inside a transaction. A query
 * with parameters consists of five messages (Parse to Sync) that share the unnamed statement: if several clients wait
 * for a transaction to end, one could bind its values to the statement of another. This class therefore reports a
 * transaction until Sync, so that the client keeps its turn.
 */
export function withExtendedQueries(Base: typeof PGlite): typeof PGlite {
  return class extends Base {
    #unfinished = false;

    override isInTransaction(): boolean {
      return this.#unfinished || super.isInTransaction();
    }

    override execProtocolRawStream(
      ...[message, options]: Parameters<PGlite['execProtocolRawStream']>
    ): Promise<void> {
      const type = message[0] ?? 0;
      this.#unfinished = UNFINISHED.has(type);
      // Terminate must not stop the backend, which all clients share.
      return super.execProtocolRawStream(type === TERMINATE ? SYNC : message, options);
    }

    /** pglite-socket calls this with ROLLBACK when a client has disconnected, perhaps before its Sync. */
    override async exec(...args: Parameters<PGlite['exec']>): ReturnType<PGlite['exec']> {
      if (this.#unfinished) await this.execProtocolRawStream(SYNC, { onRawData: () => {} });
      return super.exec(...args);
    }
  };
}

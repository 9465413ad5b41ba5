import type { PGlite } from '@electric-sql/pglite';

const SYNC = Uint8Array.of('S'.charCodeAt(0), 0, 0, 0, 4);
const TERMINATE = 'X'.charCodeAt(0);
/** Messages after which their sender is not done: Parse, Bind, Describe, Execute, Close, Flush, CopyData. */
const UNFINISHED = new Set([...'PBDECHd'].map((letter) => letter.charCodeAt(0)));

/**
 * A PGlite that pglite-socket can serve to several clients.
 *
 * pglite-socket takes its clients in turns, message by message, and lets one go on only inside a transaction.
 * A query with parameters is five messages (Parse to Sync) about *the* unnamed statement: when several clients
 * have waited for a transaction to end, one would bind its values to the statement of another. So the turn is
 * kept until Sync too, by calling it a transaction.
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
      // A client that leaves ends its own conversation, not the one backend of all.
      return super.execProtocolRawStream(type === TERMINATE ? SYNC : message, options);
    }

    /** pglite-socket calls it, with ROLLBACK, for a client that is gone: perhaps in mid-conversation. */
    override async exec(...args: Parameters<PGlite['exec']>): ReturnType<PGlite['exec']> {
      if (this.#unfinished) await this.execProtocolRawStream(SYNC, { onRawData: () => {} });
      return super.exec(...args);
    }
  };
}

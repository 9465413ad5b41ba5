import type { MessageSocket } from '@latchkey/revocation/guard-connection/message-socket';
import type { GuardTransport, SocketHandlers } from '@latchkey/revocation/guard-connection/reconnection';

/** Messages with this prefix announce ends to a guard that has its snapshot. */
const ENDS = '{"type":"ends"';

export interface MessageCounts {
  /** Messages with ends. */
  ends: number;
  disconnects: number;
}

/** Counts what arrives on the connections that another transport makes. */
export class CountedTransport implements GuardTransport {
  constructor(
    private readonly transport: GuardTransport,
    private readonly counts: MessageCounts,
  ) {}

  open(handlers: SocketHandlers): MessageSocket {
    return this.transport.open({
      message: (text) => {
        if (text.startsWith(ENDS)) this.counts.ends += 1;
        handlers.message(text);
      },
      closed: (end) => {
        this.counts.disconnects += 1;
        handlers.closed(end);
      },
    });
  }
}

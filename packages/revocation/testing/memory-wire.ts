import type { ConnectedGuard, GuardParent } from '../src/guard-connection/guard-parent.js';
import type { MessageSocket } from '../src/guard-connection/message-socket.js';
import type { ConnectionEnd, GuardTransport, SocketHandlers } from '../src/guard-connection/reconnection.js';
import { AT_ONCE, type Turn } from './turn.js';

/** Connects a guard to one parent after the other, in memory. It keeps the order of messages in each direction. */
export class MemoryWire implements GuardTransport {
  /** `null`: the parent cannot be reached. */
  parents: (GuardParent | null)[];
  /** Awaited before each message is delivered: `to the guard` or `to the parent`. */
  turn: Turn = AT_ONCE;
  attempts = 0;
  /** Closes the connection as a network does: both ends notice. */
  cut: () => void = () => {};
  /** Loses everything from now on, and neither end notices. */
  silence: () => void = () => {};
  readonly received: string[] = [];
  readonly closed: ConnectionEnd[] = [];

  constructor(...parents: (GuardParent | null)[]) {
    this.parents = parents;
  }

  open(handlers: SocketHandlers): MessageSocket {
    const parent = this.parents[this.attempts % this.parents.length];
    this.attempts += 1;
    if (!parent || parent.isLeaving) {
      setImmediate(() => handlers.closed({ message: 'cannot be reached' }));
      return { send() {}, unsentBytes: 0, close() {} };
    }
    return this.connect(handlers, parent);
  }

  private connect(handlers: SocketHandlers, parent: GuardParent): MessageSocket {
    let isOpen = true;
    let isSilent = false;
    let guard: ConnectedGuard | null = null;
    const close = (end: ConnectionEnd) => {
      if (!isOpen) return;
      isOpen = false;
      this.closed.push(end);
      setImmediate(() => {
        // Neither end hears from the other on a silent connection.
        if (isSilent) return;
        guard?.lost();
        handlers.closed(end);
      });
    };
    const deliver = this.directionOf('to the guard', (text) => {
      if (!isOpen || isSilent) return;
      this.received.push(text);
      handlers.message(text);
    });
    const submit = this.directionOf('to the parent', (text) => {
      if (!isSilent) guard?.receive(text);
    });
    this.cut = () => close({ message: 'cut' });
    this.silence = () => {
      isSilent = true;
    };
    const side = (send: (text: string) => void): MessageSocket => ({
      send: (text) => {
        if (isOpen) send(text);
      },
      unsentBytes: 0,
      close: (code, message) => close({ code, message }),
    });
    guard = parent.connect(side(deliver), 'a client');
    return side(submit);
  }

  private directionOf(label: string, deliver: (text: string) => void): (text: string) => void {
    let last = Promise.resolve();
    return (text) => {
      last = last.then(() => this.turn(label)).then(() => deliver(text));
    };
  }
}

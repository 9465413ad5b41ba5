import type { SocketHandlers } from '@latchkey/revocation/guard-connection/reconnection';
import { CountedTransport } from './counted-transport.js';

describe('CountedTransport', () => {
  it('counts messages with ends and lost connections, and passes everything on', () => {
    const counts = { ends: 0, disconnects: 0 };
    const received: unknown[] = [];
    let handlers: SocketHandlers | undefined;
    const socket = { send() {}, unsentBytes: 0, close() {} };
    const open = (its: SocketHandlers) => {
      handlers = its;
      return socket;
    };

    const opened = new CountedTransport({ open }, counts).open({
      message: (text) => received.push(text),
      closed: (end) => received.push(end),
    });
    const messages = ['{"type":"ends","seq":1}', '{"type":"pong","n":1,"r":3000}'];
    for (const text of messages) handlers?.message(text);
    handlers?.closed({ message: 'gone' });

    expect(opened).toBe(socket);
    expect(received).toEqual([...messages, { message: 'gone' }]);
    expect(counts).toEqual({ ends: 1, disconnects: 1 });
  });
});

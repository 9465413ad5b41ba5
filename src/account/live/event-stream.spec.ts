import { EventStream } from './event-stream.js';

const CHANGED = 'event: changed\ndata: {}\n\n';

describe('EventStream', () => {
  const started = () => {
    const stream = new EventStream(1_234);
    stream.setEncoding('utf8');
    return stream;
  };

  it('starts with the delay before a reconnect and a heartbeat that a page can see', () => {
    expect(started().read()).toBe('retry: 1234\n\nevent: heartbeat\ndata: {}\n\n');
  });

  it('buffers little for a client that does not read, and sends one change when it reads again', async () => {
    const stream = started();
    for (let time = 0; time < 100_000; time++) stream.changed();
    for (let time = 0; time < 1_000; time++) stream.heartbeat();
    const kept = stream.readableLength;
    expect(kept).toBeLessThan(8_192);
    expect(stream.blockedMs(performance.now() + 1_000)).toBeGreaterThanOrEqual(1_000);
    let text = stream.read();
    await new Promise((resolve) => setImmediate(resolve));
    text += stream.read() ?? '';
    expect(text).toHaveLength(kept + CHANGED.length);
    expect(stream.blockedMs(performance.now() + 1_000)).toBe(0);
  });

  it('sends the reason for its end even to a client that was not reading, and nothing after it', async () => {
    const stream = started();
    for (let time = 0; time < 1_000; time++) stream.changed();
    stream.end({ code: 'session_revoked', reason: 'logout' });
    stream.end({ code: 'session_expired' });
    stream.changed();
    stream.heartbeat();
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(text.split('\n\n').slice(-2)).toEqual([
      'event: ended\ndata: {"code":"session_revoked","reason":"logout"}',
      '',
    ]);
  });

  it('ignores events after its client has disconnected', () => {
    const stream = started();
    stream.destroy();
    expect(() => {
      stream.changed();
      stream.end({ code: 'session_expired' });
      stream.close();
    }).not.toThrow();
  });
});

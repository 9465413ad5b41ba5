import { EventStream } from './event-stream.js';

const CHANGED = 'event: changed\ndata: {}\n\n';

describe('a stream of events', () => {
  const started = () => {
    const stream = new EventStream(1_234);
    stream.setEncoding('utf8');
    return stream;
  };

  it('begins with when to come back', () => {
    expect(started().read()).toBe('retry: 1234\n\n');
  });

  it('keeps little for a client that reads nothing, and one change for when it does', async () => {
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

  it('says why it ends even to a client that was not reading, and nothing after it', async () => {
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

  it('takes what comes after its client has left', () => {
    const stream = started();
    stream.destroy();
    expect(() => {
      stream.changed();
      stream.end({ code: 'session_expired' });
      stream.close();
    }).not.toThrow();
  });
});

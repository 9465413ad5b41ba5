import { jest } from '@jest/globals';
import { SessionEnded } from '../errors.js';
import { AccountStream } from './account-stream.js';

describe('AccountStream', () => {
  let reported: string[];
  /** Writes to the streams that were opened, in turn. */
  let opened: ReadableStreamDefaultController<Uint8Array>[];
  let stream: AccountStream;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    reported = [];
    opened = [];
    stream = new AccountStream({
      open: async (signal) =>
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => {
              opened.push(controller);
              signal.addEventListener('abort', () => controller.error(signal.reason));
            },
          }),
        ),
      onChange: () => reported.push('changed'),
      onHeartbeat: () => reported.push('heartbeat'),
      onEnd: ({ reason }) => reported.push(`ended: ${reason}`),
      onState: (state) => reported.push(state),
    });
    stream.start();
  });
  afterEach(() => {
    stream.close();
    jest.useRealTimers();
  });

  const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  /** The streams of Node use tasks besides timers. */
  const settle = async () => {
    for (let task = 0; task < 5; task++) await new Promise((resolve) => setImmediate(resolve));
  };
  const write = async (text: string) => {
    opened.at(-1)?.enqueue(new TextEncoder().encode(text));
    await settle();
  };
  const HEARTBEAT = 'event: heartbeat\ndata: {}\n\n';

  it('is live only after an event', async () => {
    await pass(10);
    expect(reported).toEqual(['connecting', 'changed']);
    await write(HEARTBEAT);
    expect(reported.slice(2)).toEqual(['live', 'heartbeat']);
  });

  it('reports the end of the session with its reason', async () => {
    await pass(10);
    await write('event: ended\ndata: {"code":"session_revoked","reason":"logout"}\n\n');
    expect(reported.at(-1)).toBe('ended: logout');
  });

  it('is opened again after 25 seconds without a sign of life', async () => {
    await pass(10);
    await write(HEARTBEAT);
    await pass(24_000);
    stream.check();
    expect(opened).toHaveLength(1);
    await pass(2_000);
    stream.check();
    await settle();
    expect(reported.at(-1)).toBe('connecting');
    await pass(1_000);
    expect(opened).toHaveLength(2);
  });

  it('is not opened again once the session has ended', async () => {
    stream.close();
    let tries = 0;
    stream = new AccountStream({
      open: () => {
        tries += 1;
        throw new SessionEnded('session_revoked', 'logout');
      },
      ...{ onChange: () => {}, onHeartbeat: () => {}, onEnd: () => {} },
      onState: (state) => reported.push(state),
    });
    stream.start();
    await pass(60_000);
    expect([tries, reported.at(-1)]).toEqual([1, 'closed']);
  });
});

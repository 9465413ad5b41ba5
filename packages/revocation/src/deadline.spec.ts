import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { startDeadline } from './deadline.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps the event loop busy. */
function stall(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('a deadline', () => {
  let server: Server;
  let client: Socket;

  beforeAll(async () => {
    server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  it('expires once when nothing answers', async () => {
    let expired = 0;
    await new Promise<void>((resolve) => {
      startDeadline(5, () => {
        expired++;
        resolve();
      });
    });
    await sleep(20);
    expect(expired).toBe(1);
  });

  it('does not expire after it was cancelled', async () => {
    let expired = 0;
    startDeadline(5, () => expired++)();
    await sleep(100);
    expect(expired).toBe(0);
  });

  it.each([1, 3])('reads answers that arrived during a stall first, in %i steps', async (steps) => {
    let outcome = '';
    const cancel = startDeadline(30, () => {
      outcome ||= 'expired';
    });
    const exchange = async () => {
      for (let step = 0; step < steps; step++) {
        client.write('x');
        await once(client, 'data');
      }
      outcome ||= 'answered';
      cancel();
    };
    const exchanged = exchange();
    await turn();
    stall(100);
    await exchanged;
    expect(outcome).toBe('answered');
  });
});

import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import {
  type ConnectionLimits,
  limitConnections,
  releaseFromLimits,
} from '../../../src/http/server/connection-limits.js';
import { startHttpTestApp } from '../../support/http-test-app.js';
import { waitUntil } from '../../support/wait-until.js';

const NO_LIMITS: ConnectionLimits = { idle: 1_000, idlePerNetwork: 1_000, firstByteMs: 600_000 };

describe('connections without a request', () => {
  let server: Server;
  let sockets: Socket[];
  let pending: ServerResponse[];

  const start = async (limits: Partial<ConnectionLimits>, isProxy = false) => {
    sockets = [];
    pending = [];
    server = createServer(({ url }, response) => {
      if (url === '/slow') pending.push(response);
      else response.end('ok');
    });
    limitConnections(server, () => isProxy, { ...NO_LIMITS, ...limits });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  };
  const open = async (path?: string) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    await once(socket, 'connect');
    if (path) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    return socket.resume();
  };
  const openConnections = () =>
    new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  const isClosed = (socket: Socket) => waitUntil('the connection is closed', () => socket.closed);

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  it('are closed if they stay silent, and kept after they were used', async () => {
    await start({ firstByteMs: 50 });
    const used = await open('/');
    await once(used, 'data');
    await isClosed(await open());
    expect(used.closed).toBe(false);
  });

  it('are closed, the longest idle first, when one network has too many', async () => {
    await start({ idlePerNetwork: 3 });
    const busy = await open('/slow');
    await waitUntil('a request is in progress', () => pending.length === 1);
    const silent = [await open(), await open(), await open()];
    const newcomer = await open('/');
    const [answer] = await once(newcomer, 'data');
    expect(String(answer)).toContain('200 OK');
    const more = await open();
    await isClosed(silent[0] as Socket);
    await waitUntil('the others are kept', async () => (await openConnections()) === 4 || more.closed);
    expect(busy.closed).toBe(false);
    pending[0]?.end('done');
    const [late] = await once(busy, 'data');
    expect(String(late)).toContain('200 OK');
  });

  it('are not limited any more, nor closed, once they are used for another protocol', async () => {
    await start({ idlePerNetwork: 1 });
    server.on('upgrade', (_request, socket) => {
      releaseFromLimits(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
    const upgraded = await open();
    upgraded.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(upgraded, 'data');
    const first = await open();
    await open();
    await isClosed(first);
    expect(await openConnections()).toBe(2);
    expect(upgraded.closed).toBe(false);
  });

  it('are limited in total for a proxy', async () => {
    await start({ idlePerNetwork: 1, idle: 2 }, true);
    const first = await open();
    await open();
    expect(await openConnections()).toBe(2);
    await open();
    await isClosed(first);
    expect(await openConnections()).toBe(2);
  });
});

describe('the timeouts of the HTTP server', () => {
  it.each([
    ['a client', false, 30_000],
    ['a proxy', 1, 72_000],
  ])('limit how long %s may take, and may keep a connection', async (_, trustProxy, keepAliveTimeout) => {
    const { app } = await startHttpTestApp({ trustProxy });
    try {
      expect(app.getHttpServer()).toMatchObject({
        headersTimeout: 5_000,
        requestTimeout: 10_000,
        timeout: 30_000,
        keepAliveTimeout,
      });
    } finally {
      await app.close();
    }
  });
});

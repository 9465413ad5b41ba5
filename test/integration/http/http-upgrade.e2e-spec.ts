import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { releaseFromLimits } from '../../../src/http/server/connection-limits.js';
import { acceptWebSockets } from '../../../src/http/server/http-upgrade.js';
import { type HttpTestApp, startHttpTestApp } from '../../support/http-test-app.js';
import { sendRaw } from '../../support/raw-http.js';
import { waitUntil } from '../../support/wait-until.js';

const WEBSOCKET = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const HTTP2 = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n';

describe('a request with an Upgrade header', () => {
  let testApp: HttpTestApp;
  let accepted: Duplex[];
  /** What the endpoint waits for before it accepts. */
  let decided: Promise<void>;

  beforeEach(async () => {
    testApp = await startHttpTestApp();
    accepted = [];
    decided = Promise.resolve();
    acceptWebSockets(testApp.app.getHttpAdapter().getInstance() as never, '/ws', async (request, socket) => {
      if (request.headers.cookie) throw new Error('unexpected');
      await decided;
      releaseFromLimits(socket);
      accepted.push(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
  });
  afterEach(async () => {
    for (const socket of accepted) socket.destroy();
    await testApp.app.close();
  });

  it('for a WebSocket is accepted at its path, with any query', async () => {
    expect((await sendRaw(testApp.port, `GET /ws?x HTTP/1.1\r\nHost: x\r\n${WEBSOCKET}\r\n`)).status).toBe(
      101,
    );
    expect(accepted).toHaveLength(1);
  });

  it('for a WebSocket may be reset by the client before it is accepted', async () => {
    let decide = () => {};
    decided = new Promise((resolve) => {
      decide = resolve;
    });
    const client = connect(testApp.port, '127.0.0.1');
    await once(client, 'connect');
    const isUpgraded = once(testApp.app.getHttpServer() as Server, 'upgrade');
    client.write(`GET /ws HTTP/1.1\r\nHost: x\r\n${WEBSOCKET}\r\n`);
    const [, socket] = (await isUpgraded) as [unknown, Duplex];
    client.resetAndDestroy();
    await waitUntil('the server has noticed', () => socket.destroyed);
    decide();
    await waitUntil('the endpoint accepts', () => accepted.length > 0);
    expect((await sendRaw(testApp.port, 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBeLessThan(500);
  });

  it('for a WebSocket is refused at any other path, and the connection closed', async () => {
    const answer = await sendRaw(testApp.port, `GET /auth/me HTTP/1.1\r\nHost: x\r\n${WEBSOCKET}\r\n`);
    expect(answer).toMatchObject({
      status: 404,
      closed: true,
      headers: { 'content-type': 'application/problem+json', connection: 'close' },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'not_found' });
    expect(testApp.logLines.join()).toContain('upgrade refused');
  });

  it('gets a problem when the acceptance fails unexpectedly', async () => {
    const answer = await sendRaw(
      testApp.port,
      `GET /ws HTTP/1.1\r\nHost: x\r\nCookie: x\r\n${WEBSOCKET}\r\n`,
    );
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'internal_error' });
  });

  it('for HTTP/2 is served as without the header, on a connection that stays open', async () => {
    const request = `GET /auth/me HTTP/1.1\r\nHost: x\r\nUser-Agent: caf\xe9\r\n${HTTP2}\r\n`;
    const { text, closed } = await sendRaw(testApp.port, request + request);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text.match(/"userAgent":"café"|"userAgent":"caf\xc3\xa9"/g)).toHaveLength(2);
    expect(closed).toBe(false);
  });

  it('for HTTP/2 may have a body that arrives later', async () => {
    const body = JSON.stringify({ refresh_token: 'x'.repeat(2_000) });
    const socket = connect({ port: testApp.port, host: '127.0.0.1', noDelay: true });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(
      `POST /auth/refresh HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${HTTP2}\r\n${body.slice(0, 100)}`,
    );
    setTimeout(() => socket.write(body.slice(100)), 50);
    await waitUntil('the response arrives', () => text.includes('{"length":2000}'));
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    await closed(socket);
  });

  it('for a WebSocket at its path with another method is left to the router', async () => {
    const answer = await sendRaw(
      testApp.port,
      `POST /auth/me HTTP/1.1\r\nHost: x\r\n${WEBSOCKET}Content-Length: 0\r\n\r\n`,
    );
    expect(answer.status).toBe(405);
  });
});

async function closed(socket: Socket): Promise<void> {
  socket.destroy();
  await waitUntil('the socket is closed', () => socket.closed);
}

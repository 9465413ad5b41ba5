import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { latchkey } from '@latchkey/guard/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { waitUntil } from '../support/wait-until.js';
import { ConnectedGuards } from './connected-guards.js';
import { ProtocolService } from './protocol-service.js';

let service: ProtocolService;
let guards: ConnectedGuards;
let server: Server;
let url: string;
const received: string[] = [];

beforeAll(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
  const sockets = new WebSocketServer({ noServer: true });
  sockets.on('connection', (socket: WebSocket, _request: IncomingMessage, caller: object) => {
    socket.send(JSON.stringify(caller));
    socket.on('message', (data) => received.push(data.toString()));
  });
  server = createServer();
  server.on('upgrade', latchkey({ guard: await guards.connect(), server: sockets, roles: ['user'] }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await guards.close();
  await service.die();
});

async function open(protocols: string[], headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, protocols, { headers });
  const [data] = await once(socket, 'message');
  return { socket, caller: JSON.parse(String(data)) as { sessionId: string } };
}

async function refusal(headers: Record<string, string>) {
  const socket = new WebSocket(url, { headers });
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, headers: response.headers, body: JSON.parse(body) };
}

describe('the upgrade of a WebSocket', () => {
  it('accepts a token in the Authorization header', async () => {
    const { socket, caller } = await open([], { authorization: `Bearer ${await service.token()}` });
    expect(caller).toMatchObject({ roles: ['user'] });
    socket.terminate();
  });

  it('accepts a token as a subprotocol, as browsers send it, and does not repeat it', async () => {
    const { socket } = await open([`latchkey.bearer.${await service.token()}`, 'chat.v1']);
    expect(socket.protocol).toBe('chat.v1');
    socket.terminate();
  });

  it('is refused without a token, with the answer of the service', async () => {
    expect(await refusal({})).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/problem+json', 'www-authenticate': 'Bearer realm="latchkey"' },
      body: { code: 'invalid_token' },
    });
  });

  it('is refused with the wrong roles', async () => {
    const token = await service.token({ roles: [] });
    expect(await refusal({ authorization: `Bearer ${token}` })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_role' },
    });
  });
});

describe('an open WebSocket', () => {
  it('is closed with the reason when its session ends', async () => {
    const { socket, caller } = await open([], { authorization: `Bearer ${await service.token()}` });
    const closed = once(socket, 'close');
    await service.revoke([{ sessionId: caller.sessionId, reason: 'terminated' }]);
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([4401, '{"code":"session_revoked","reason":"terminated"}']);
  });

  it('delivers nothing to the application once its session has ended, whatever the client does', async () => {
    const { socket, caller } = await open([], { authorization: `Bearer ${await service.token()}` });
    const closed = once(socket, 'close');
    socket.send('before');
    await waitUntil('the message arrives', () => received.includes('before'));
    // Reads nothing, so it does not answer the close.
    socket.pause();
    await service.revoke([{ sessionId: caller.sessionId, reason: 'logout' }]);
    socket.send('after');
    socket.resume();
    await closed;
    expect(received).toEqual(['before']);
  });
});

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io, type Socket } from 'socket.io-client';
import WebSocket from 'ws';
import { CurrentUser, type Principal, Public, Roles } from '../../packages/guard/src/nest.js';
import { waitUntil } from '../support/wait-until.js';
import { type NestServer, startNest } from './nest-app.js';

const connected: Principal[] = [];
const said: string[] = [];

class Chat {
  handleConnection(client: { user: Principal }): void {
    connected.push(client.user);
  }

  @SubscribeMessage('say')
  say(@MessageBody() text: string, @CurrentUser() user: Principal) {
    said.push(text);
    return { event: 'said', data: `${user.userId}: ${text}` };
  }

  @Roles('admin')
  @SubscribeMessage('clear')
  clear() {
    return { event: 'cleared', data: true };
  }
}

describe('the guard in a Nest application with WebSockets of ws', () => {
  @WebSocketGateway({ path: '/chat' })
  class ChatGateway extends Chat {}

  @Public()
  @WebSocketGateway({ path: '/lobby' })
  class LobbyGateway {
    @SubscribeMessage('hello')
    hello() {
      return { event: 'welcome', data: true };
    }
  }

  /** Shares the server of the public gateway, without being public. */
  @WebSocketGateway({ path: '/lobby' })
  class MembersGateway extends Chat {}

  let server: NestServer;
  const sockets: WebSocket[] = [];

  beforeAll(async () => {
    server = await startNest({
      adapter: new FastifyAdapter(),
      providers: [ChatGateway, LobbyGateway, MembersGateway],
      configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });
  afterAll(() => server?.close());

  function connect(path: string, token?: string, protocols: string[] = []) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(server.url.replace('http', 'ws') + path, protocols, { headers });
    sockets.push(socket.on('error', () => {}));
    return socket;
  }

  async function opened(path: string, token?: string, protocols?: string[]) {
    const socket = connect(path, token, protocols);
    const received: { event: string; data: unknown }[] = [];
    socket.on('message', (text) => received.push(JSON.parse(String(text))));
    await once(socket, 'open');
    const ask = async (event: string, data: unknown = null) => {
      const before = received.length;
      socket.send(JSON.stringify({ event, data }));
      return waitUntil('the answer', () => received[before]);
    };
    return { socket, received, ask };
  }

  async function refused(path: string, token?: string) {
    const [, answer] = (await once(connect(path, token), 'unexpected-response')) as [
      unknown,
      IncomingMessage,
    ];
    let body = '';
    for await (const part of answer) body += part;
    return { status: answer.statusCode, headers: answer.headers, problem: JSON.parse(body) };
  }

  it('admits a handshake with a valid token, and its messages', async () => {
    const { ask } = await opened('/chat', server.guard.login('chatter', { userId: 'u-7' }));
    expect(connected.at(-1)).toMatchObject({ userId: 'u-7' });
    expect(await ask('say', 'hi')).toEqual({ event: 'said', data: 'u-7: hi' });
  });

  it('accepts the token as a subprotocol, as browsers send it', async () => {
    const token = server.guard.login('browser', { userId: 'u-8' });
    const { socket, ask } = await opened('/chat', undefined, [`latchkey.bearer.${token}`, 'chat.v1']);
    // The answer must not repeat the token.
    expect(socket.protocol).toBe('chat.v1');
    expect(await ask('say', 'hi')).toEqual({ event: 'said', data: 'u-8: hi' });
  });

  it('refuses a handshake without a token before there is a connection', async () => {
    const { status, headers, problem } = await refused('/chat');
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer realm="latchkey"']);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(problem).toMatchObject({ code: 'invalid_token' });
  });

  it('refuses a handshake with the reason why the session ended', async () => {
    const token = server.guard.login('ended');
    server.guard.end(token, 'password_changed');
    const { status, problem } = await refused('/chat', token);
    expect([status, problem]).toEqual([
      401,
      expect.objectContaining({ code: 'session_revoked', reason: 'password_changed' }),
    ]);
  });

  it('closes the connection when the session ends, even if the client has sent nothing', async () => {
    const token = server.guard.login('silent');
    const { socket } = await opened('/chat', token);
    server.guard.end(token, 'device_removed');
    const [code, reason] = await once(socket, 'close');
    expect([code, JSON.parse(String(reason))]).toEqual([
      4401,
      { code: 'session_revoked', reason: 'device_removed' },
    ]);
  });

  it('refuses messages that arrive after the session has ended', async () => {
    const token = server.guard.login('late');
    const { socket } = await opened('/chat', token);
    // The client sends without waiting for the server, which closes the connection first.
    socket.send(JSON.stringify({ event: 'say', data: 'late' }));
    server.guard.end(token);
    await once(socket, 'close');
    expect(said).not.toContain('late');
  });

  it('answers a message with the refusal when the role is missing, and keeps the connection', async () => {
    const { ask } = await opened('/chat', server.guard.login('no admin', { userId: 'u-9' }));
    expect(await ask('clear')).toMatchObject({
      event: 'exception',
      data: { code: 'insufficient_role', status: 403 },
    });
    expect(await ask('say', 'still here')).toEqual({ event: 'said', data: 'u-9: still here' });
  });

  it('accepts messages after the token has expired, because the connection ends with the session', async () => {
    const token = server.guard.login('long', { userId: 'u-10', expiresAt: Date.now() + 1_000 });
    const { ask, socket } = await opened('/chat', token);
    await waitUntil('the token to expire', () => server.guard.expired(token));
    expect(await ask('say', 'still here')).toEqual({ event: 'said', data: 'u-10: still here' });
    server.guard.end(token);
    expect((await once(socket, 'close'))[0]).toBe(4401);
  });

  it('opens public gateways to clients without a token, but not other gateways on the same server', async () => {
    const { ask } = await opened('/lobby');
    expect(await ask('hello')).toEqual({ event: 'welcome', data: true });
    expect(await ask('say', 'hi')).toMatchObject({ event: 'exception', data: { code: 'invalid_token' } });
  });

  it('tracks a connection until the client leaves', async () => {
    const { socket } = await opened('/chat', server.guard.login('leaving'));
    socket.close();
    await waitUntil('the streams to be released', () => server.guard.openStreams === 0);
  });
});

describe('the guard in a Nest application with socket.io', () => {
  @WebSocketGateway({ namespace: 'chat' })
  class ChatGateway extends Chat {}

  @WebSocketGateway({ namespace: 'news' })
  class NewsGateway extends Chat {}

  let server: NestServer;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    // Without an adapter, Nest takes the one of socket.io.
    server = await startNest({ adapter: new FastifyAdapter(), providers: [ChatGateway, NewsGateway] });
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  });
  afterAll(() => server?.close());

  function connect(options: { auth?: { token: string }; extraHeaders?: Record<string, string> }) {
    const socket = io(`${server.url}/chat`, { ...options, reconnection: false, forceNew: true });
    sockets.push(socket);
    return socket;
  }

  const opened = (socket: Socket) =>
    new Promise<Socket>((resolve, reject) => {
      socket.once('connect', () => resolve(socket)).once('connect_error', reject);
    });

  const answerTo = (socket: Socket, event: string, answer: string, data: unknown = null) =>
    new Promise((resolve) => socket.once(answer, resolve).emit(event, data));

  it.each([
    ['auth', (token: string) => ({ auth: { token } })],
    ['the headers', (token: string) => ({ extraHeaders: { authorization: `Bearer ${token}` } })],
  ])('admits a handshake with the token of %s, and its messages', async (_, options) => {
    const socket = await opened(connect(options(server.guard.login('chatter', { userId: 'u-7' }))));
    expect(connected.at(-1)).toMatchObject({ userId: 'u-7' });
    expect(await answerTo(socket, 'say', 'said', 'hi')).toBe('u-7: hi');
  });

  it('refuses a handshake without a token', async () => {
    await expect(opened(connect({}))).rejects.toMatchObject({
      message: 'invalid_token',
      data: { code: 'invalid_token', status: 401 },
    });
  });

  it('refuses a handshake with the reason why the session ended', async () => {
    const token = server.guard.login('ended');
    server.guard.end(token, 'password_changed');
    await expect(opened(connect({ auth: { token } }))).rejects.toMatchObject({
      data: { code: 'session_revoked', reason: 'password_changed' },
    });
  });

  it('closes the connection when the session ends, with the reason', async () => {
    const token = server.guard.login('silent');
    const socket = await opened(connect({ auth: { token } }));
    const reason = new Promise((resolve) => socket.once('exception', resolve));
    const closed = new Promise((resolve) => socket.once('disconnect', resolve));
    server.guard.end(token, 'device_removed');
    expect(await reason).toEqual({ code: 'session_revoked', reason: 'device_removed' });
    await closed;
    await waitUntil('the streams to be released', () => server.guard.openStreams === 0);
  });

  it('delivers nothing once the lease is over, even before the timer that closes connections has run', async () => {
    const socket = await opened(connect({ auth: { token: server.guard.login('paused') } }));
    const said: unknown[] = [];
    socket.on('said', (text) => said.push(text));
    const reason = new Promise((resolve) => socket.once('exception', resolve));
    const closed = new Promise((resolve) => socket.once('disconnect', resolve));
    server.guard.hasLease = false;
    socket.emit('say', 'hi');
    expect(await reason).toEqual({ code: 'unavailable' });
    await closed;
    server.guard.hasLease = true;
    expect(said).toEqual([]);
  });

  it('goes on in one namespace when the client has left another on the same connection', async () => {
    const token = server.guard.login('in two namespaces');
    const socket = await opened(connect({ auth: { token } }));
    const other = await opened(socket.io.socket('/news', { auth: { token } }));
    other.disconnect();
    await waitUntil('the other stream to be released', () => server.guard.openStreams === 1);
    expect(await answerTo(socket, 'say', 'said', 'hi')).toBe('user-1: hi');
  });

  it('answers a message with the refusal when the role is missing', async () => {
    const socket = await opened(connect({ auth: { token: server.guard.login('no admin') } }));
    expect(await answerTo(socket, 'clear', 'exception')).toMatchObject({ code: 'insufficient_role' });
  });
});

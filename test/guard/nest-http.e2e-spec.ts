import { Controller, Get, type MessageEvent, Sse } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { finalize, type Observable, Subject } from 'rxjs';
import { CurrentUser, type Principal, Public, RecentLogin, Roles } from '../../packages/guard/src/nest.js';
import { waitUntil } from '../support/wait-until.js';
import { type NestServer, startNest } from './nest-app.js';

const events = new Subject<MessageEvent>();
let subscribers = 0;

@Controller()
class OrdersController {
  @Get('orders')
  orders(@CurrentUser() user: Principal) {
    return { userId: user.userId };
  }

  @Public()
  @Get('prices')
  prices() {
    return { isPublic: true };
  }

  @Public()
  @Get('misconfigured')
  misconfigured(@CurrentUser() user: Principal) {
    return user;
  }

  @Sse('events')
  events(): Observable<MessageEvent> {
    subscribers += 1;
    return events.pipe(finalize(() => (subscribers -= 1)));
  }
}

@Roles('admin', 'support')
@Controller('admin')
class AdminController {
  @Get()
  admin() {
    return { isAdmin: true };
  }

  @Roles('auditor')
  @Get('audit')
  audit() {
    return { isAuditor: true };
  }

  @RecentLogin('5m')
  @Get('danger')
  danger() {
    return { isDone: true };
  }
}

const get = (server: NestServer, path: string, token?: string) =>
  fetch(server.url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });

const PROBLEM = { type: '/docs/errors#session_revoked', code: 'session_revoked', status: 401 };
const MINUTE_MS = 60_000;

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
] as const)('the guard in a Nest application on %s', (_, createAdapter) => {
  let server: NestServer;

  beforeAll(async () => {
    server = await startNest({
      adapter: createAdapter(),
      controllers: [OrdersController, AdminController],
    });
    // Longer than any test waits: a closed stream must close its connection as well.
    server.app.getHttpServer().keepAliveTimeout = 60_000;
  });
  afterAll(() => server?.close());

  it.each([false, true])(
    'admits a valid token and injects the caller; the check is slow: %s',
    async (isSlow) => {
      server.guard.isSlow = isSlow;
      const answer = await get(server, '/orders', server.guard.login('valid', { userId: 'u-7' }));
      server.guard.isSlow = false;
      expect([answer.status, await answer.json()]).toEqual([200, { userId: 'u-7' }]);
    },
  );

  it('reports the address and the client of a request', async () => {
    const headers = { authorization: `Bearer ${server.guard.login('seen')}`, 'user-agent': 'test/1' };
    await fetch(`${server.url}/orders`, { headers });
    expect(server.guard.checked.at(-1)).toEqual({
      token: 'seen',
      client: { address: expect.stringContaining('127.0.0.1'), userAgent: 'test/1' },
    });
  });

  it('asks for a token without an error if there is none', async () => {
    const answer = await get(server, '/orders');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="latchkey"']);
    expect(await answer.json()).toMatchObject({ code: 'invalid_token', status: 401 });
  });

  it('answers with problem details, the challenge and the reason when the session was revoked', async () => {
    const token = server.guard.login('revoked');
    server.guard.end(token, 'password_changed');
    const answer = await get(server, '/orders', token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      ...PROBLEM,
      title: expect.any(String),
      reason: 'password_changed',
    });
  });

  it('answers 503 with Retry-After while the service cannot be reached', async () => {
    const token = server.guard.login('unlucky');
    server.guard.isReachable = false;
    const answer = await get(server, '/orders', token);
    server.guard.isReachable = true;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('opens public handlers to everyone, and does not check a token there', async () => {
    expect((await get(server, '/prices')).status).toBe(200);
    expect((await get(server, '/prices', 'invalid')).status).toBe(200);
  });

  it('fails when a public handler asks for the caller', async () => {
    expect((await get(server, '/misconfigured', server.guard.login('any'))).status).toBe(500);
  });

  it('requires one of the roles of the handler, or else of its class', async () => {
    const support = server.guard.login('support', { roles: ['support'] });
    const auditor = server.guard.login('auditor', { roles: ['auditor'] });
    expect((await get(server, '/admin', support)).status).toBe(200);
    expect((await get(server, '/admin/audit', auditor)).status).toBe(200);
    expect((await get(server, '/admin/audit', support)).status).toBe(403);
    const refused = await get(server, '/admin', auditor);
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'insufficient_role' }),
    ]);
  });

  it('requires a recent login where a handler demands it, and states how recent', async () => {
    const login = (token: string, minutes: number) =>
      server.guard.login(token, { roles: ['admin'], authenticatedAt: Date.now() - minutes * MINUTE_MS });
    expect((await get(server, '/admin/danger', login('recent', 4))).status).toBe(200);
    const refused = await get(server, '/admin/danger', login('old', 6));
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ code: 'reauthentication_required', max_age: 300 }),
    ]);
  });

  describe('server-sent events', () => {
    async function open(token: string) {
      const answer = await get(server, '/events', token);
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      if (!reader) throw new Error('the answer has no body');
      let text = '';
      const reading = (async () => {
        for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      })();
      await waitUntil('the handler to send events', () => subscribers > 0);
      return { headers: answer.headers, reading, text: () => text, leave: () => reader.cancel() };
    }

    it('end with their session, with the reason as the last event', async () => {
      const token = server.guard.login('listener');
      const stream = await open(token);
      events.next({ data: 'before' });
      await waitUntil('the first event', () => stream.text().includes('before'));
      server.guard.end(token, 'device_removed');
      // Written in the same tick, and again while the connection is closing.
      events.next({ data: 'after' });
      setImmediate(() => events.next({ data: 'after' }));
      await stream.reading;
      expect(stream.text()).toMatch(
        /event: ended\ndata: {"code":"session_revoked","reason":"device_removed"}\n\n$/,
      );
      expect(stream.text()).not.toContain('after');
      await waitUntil('the handler to be unsubscribed', () => subscribers === 0);
      expect((await get(server, '/events', token)).status).toBe(401);
    });

    it('announce that their connection is closed, so that no client sends its next request on it', async () => {
      const stream = await open(server.guard.login('next'));
      expect(stream.headers.get('connection')).toBe('close');
      await stream.leave();
      await waitUntil('the handler to be unsubscribed', () => subscribers === 0);
    });

    it('are tracked until the client leaves', async () => {
      const stream = await open(server.guard.login('leaving'));
      expect(server.guard.openStreams).toBe(1);
      await stream.leave();
      await waitUntil('the stream to be released', () => server.guard.openStreams === 0);
    });
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trackEventStream, trackResponse } from '@latchkey/guard';
import { latchkey, problems, requireRecentLogin, requireRoles } from '@latchkey/guard/express';
import express5, { type Express } from 'express';
import express4 from 'express-4';
import { ConnectedGuards } from './connected-guards.js';
import { ProtocolService } from './protocol-service.js';

let service: ProtocolService;
let guards: ConnectedGuards;

beforeAll(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
});

afterAll(async () => {
  await guards.close();
  await service.die();
});

describe.each([
  ['4', express4],
  ['5', express5],
])('the middleware for Express %s', (_, express) => {
  let server: Server;
  let url: string;

  beforeAll(async () => {
    server = createServer(await application(express()));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = (path: string, token?: string) =>
    fetch(url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

  it('requires a token for what is mounted after it', async () => {
    expect((await get('/open')).status).toBe(200);
    const answer = await get('/me');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'invalid_token' });
  });

  it('puts the caller at request.user', async () => {
    const token = await service.token();
    for (let time = 0; time < 2; time++) {
      expect(await (await get('/me', token)).json()).toMatchObject({ roles: ['user'], amr: ['pwd'] });
    }
  });

  it('requires roles and a recent login', async () => {
    const now = Math.floor(Date.now() / 1000);
    const [user, admin] = [await service.token(), await service.token({ roles: ['admin'] })];
    const old = await service.token({ auth_time: now - 301 });
    expect(await (await get('/admin', user)).json()).toMatchObject({
      status: 403,
      code: 'insufficient_role',
    });
    expect((await get('/admin', admin)).status).toBe(200);
    expect(await (await get('/sensitive', old)).json()).toMatchObject({ status: 403, max_age: 300 });
    expect((await get('/sensitive', user)).status).toBe(200);
  });

  it('refuses a demand on a route that is not guarded', async () => {
    expect((await get('/unguarded', await service.token({ roles: ['admin'] }))).status).toBe(401);
  });

  it('tells the reason of an end', async () => {
    const token = await service.token();
    const { sessionId } = (await (await get('/me', token)).json()) as { sessionId: string };
    await service.revoke([{ sessionId, reason: 'terminated' }]);
    expect(await (await get('/me', token)).json()).toMatchObject({
      ...{ status: 401, code: 'session_revoked', reason: 'terminated' },
    });
  });

  it('ends server-sent events before the end is answered, while the application still writes', async () => {
    const token = await service.token();
    const { sessionId } = (await (await get('/me', token)).json()) as { sessionId: string };
    const text = (await get('/events', token)).text();
    await service.revoke([{ sessionId, reason: 'logout' }]);
    expect(await text).toMatch(
      /^(data: \d+\n\n)+event: ended\ndata: \{"code":"session_revoked","reason":"logout"\}\n\n$/,
    );
  });

  it('refuses a long request that has not been answered when the session ends', async () => {
    const token = await service.token();
    const { sessionId } = (await (await get('/me', token)).json()) as { sessionId: string };
    const waiting = get('/poll', token);
    await polled.promise;
    await service.revoke([{ sessionId, reason: 'logout' }]);
    expect(await (await waiting).json()).toMatchObject({ status: 401, code: 'session_revoked' });
  });

  it('answers a refusal that a handler passes on, and leaves other errors to Express', async () => {
    expect(await (await get('/late', await service.token())).json()).toMatchObject({
      code: 'session_revoked',
    });
    expect((await get('/broken', await service.token())).status).toBe(418);
  });
});

let polled: { promise: Promise<void>; resolve: () => void };

beforeEach(() => {
  let resolve = () => {};
  const promise = new Promise<void>((resolver) => {
    resolve = resolver;
  });
  polled = { promise, resolve };
});

async function application(app: Express): Promise<Express> {
  const guard = await guards.connect();
  app.get('/open', (_, response) => void response.send('open'));
  app.get('/unguarded', requireRoles('admin'), (_, response) => void response.send('admin'));
  app.use(latchkey({ guard }));
  app.get('/me', (request, response) => void response.json(request.user));
  app.get('/admin', requireRoles('admin'), (_, response) => void response.send('admin'));
  app.get('/sensitive', requireRecentLogin('5m'), (_, response) => void response.send('sensitive'));
  app.get('/events', (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let count = 0;
    const write = () => response.write(`data: ${count++}\n\n`);
    write();
    const timer = setInterval(write, 1);
    response.on('close', () => clearInterval(timer));
    if (request.user) trackEventStream(guard, request.user, response);
  });
  app.get('/poll', (request, response) => {
    if (request.user) trackResponse(guard, request.user, response);
    polled.resolve();
  });
  app.get('/late', (request, response, next) => {
    const { user } = request;
    if (!user) throw new Error('there is no caller');
    void service.revoke([{ sessionId: user.sessionId, reason: 'logout' }]).then(() => {
      try {
        trackResponse(guard, user, response);
      } catch (error) {
        next(error);
      }
    });
  });
  app.get('/broken', (_request, _response, next) =>
    next(Object.assign(new Error('a teapot'), { status: 418 })),
  );
  app.use(problems);
  return app;
}

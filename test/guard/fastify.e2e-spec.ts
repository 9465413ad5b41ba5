import { trackEventStream } from '@latchkey/guard';
import { latchkey, problems } from '@latchkey/guard/fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import { ConnectedGuards } from './connected-guards.js';
import { ProtocolService } from './protocol-service.js';

let service: ProtocolService;
let guards: ConnectedGuards;
let app: FastifyInstance;
let url: string;

beforeAll(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
  const guard = await guards.connect();
  app = Fastify({ forceCloseConnections: true });
  app.get('/before', async (request) => request.user);
  app.register(latchkey, { guard });
  app.setErrorHandler(problems);
  app.get('/me', async (request) => request.user);
  app.get('/open', { config: { public: true } }, async () => 'open');
  app.get('/admin', { config: { roles: ['admin', 'operator'] } }, async () => 'admin');
  app.get('/sensitive', { config: { maxAge: '5m' } }, async () => 'sensitive');
  app.get('/events', (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('data: 1\n\n');
    trackEventStream(guard, request.user, reply.raw);
  });
  app.get('/late', async (request) => {
    const { sessionId } = request.user;
    await service.revoke([{ sessionId, reason: 'logout' }]);
    guard.openStream(request.user, () => {});
  });
  app.get('/broken', async () => {
    throw new Error('a fault of the application');
  });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await app.close();
  await guards.close();
  await service.die();
});

const get = (path: string, token?: string) =>
  fetch(url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

describe('the Fastify plugin', () => {
  it.each(['/me', '/before', '/unknown'])('requires a token for %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey"');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'invalid_token' });
  });

  it('puts the caller at request.user', async () => {
    const token = await service.token();
    for (const path of ['/me', '/before', '/me']) {
      expect(await (await get(path, token)).json()).toMatchObject({ roles: ['user'], amr: ['pwd'] });
    }
  });

  it('opens public routes', async () => {
    expect(await (await get('/open')).text()).toBe('open');
    expect((await get('/open', 'no token')).status).toBe(200);
  });

  it('requires one of the roles of a route', async () => {
    const [user, operator] = [await service.token(), await service.token({ roles: ['operator'] })];
    const answer = await get('/admin', user);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      403,
      'insufficient_role',
    ]);
    expect((await get('/admin', operator)).status).toBe(200);
  });

  it('requires a recent login', async () => {
    const now = Math.floor(Date.now() / 1000);
    const answer = await get('/sensitive', await service.token({ auth_time: now - 301 }));
    expect(await answer.json()).toMatchObject({
      status: 403,
      code: 'reauthentication_required',
      max_age: 300,
    });
    expect((await get('/sensitive', await service.token({ auth_time: now - 60 }))).status).toBe(200);
  });

  it('refuses an invalid duration at the start', async () => {
    const other = Fastify();
    await other.register(latchkey, { guard: await guards.connect() });
    expect(() => other.get('/', { config: { maxAge: 'soon' as '5m' } }, async () => '')).toThrow(TypeError);
    await other.close();
  });

  it('tells the reason of an end', async () => {
    const token = await service.token();
    const { sessionId } = (await (await get('/me', token)).json()) as { sessionId: string };
    await service.revoke([{ sessionId, reason: 'terminated' }]);
    const answer = await get('/me', token);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="latchkey", error="invalid_token"');
    expect(await answer.json()).toMatchObject({ status: 401, code: 'session_revoked', reason: 'terminated' });
  });

  it('ends server-sent events before the end is answered, with a last event', async () => {
    const token = await service.token();
    const { sessionId } = (await (await get('/me', token)).json()) as { sessionId: string };
    const text = (await get('/events', token)).text();
    await service.revoke([{ sessionId, reason: 'logout' }]);
    expect(await text).toBe(
      'data: 1\n\nevent: ended\ndata: {"code":"session_revoked","reason":"logout"}\n\n',
    );
  });

  it('answers a refusal that a handler passes on, and leaves other errors to Fastify', async () => {
    expect(await (await get('/late', await service.token())).json()).toMatchObject({
      code: 'session_revoked',
    });
    expect(await (await get('/broken', await service.token())).json()).toMatchObject({ statusCode: 500 });
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { clientSecretHash } from '../../src/config/client-definitions.js';
import type { Tokens } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { EchoApp } from '../support/gateways/echo-app.js';
import { EdgeProcess } from '../support/gateways/edge-process.js';
import { runSource } from '../support/run-program.js';
import { waitUntil } from '../support/wait-until.js';

const SECRET = 'a secret of the edge';
const CLIENT = { client_id: 'edge', client_secrets: [SECRET], permissions: ['guard'] };
const ISSUER = 'https://latchkey.test';
const AUDIENCE = 'https://app.example.com';

describe('a running edge', () => {
  let service: RunningApp;
  let app: EchoApp;
  let directory: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    service = await startApp({
      LATCHKEY_CLIENTS: JSON.stringify([CLIENT]),
      LATCHKEY_ISSUER: ISSUER,
      LATCHKEY_AUDIENCE: AUDIENCE,
    });
    app = await EchoApp.start();
    directory = await mkdtemp(join(tmpdir(), 'latchkey-edge-'));
    await writeFile(join(directory, 'secret'), `${SECRET}\n`);
    env = {
      LATCHKEY_ISSUER: ISSUER,
      LATCHKEY_SERVICE: service.url,
      LATCHKEY_CLIENT_ID: 'edge',
      LATCHKEY_CLIENT_SECRET_FILE: join(directory, 'secret'),
      LATCHKEY_AUDIENCE: AUDIENCE,
      LATCHKEY_EDGE_PORT: '0',
    };
  });

  afterAll(async () => {
    await app.stop();
    await service.close();
    await rm(directory, { recursive: true });
  });

  const edges: EdgeProcess[] = [];
  const start = async (args: readonly string[], variables: Record<string, string>) => {
    const edge = await EdgeProcess.start(args, variables);
    edges.push(edge);
    return edge;
  };
  afterEach(() => Promise.all(edges.splice(0).map((edge) => edge.stop())));

  const ready = (edge: EdgeProcess) =>
    waitUntil('the edge is ready', () => edge.log.includes(' ready: checks'), { timeoutMs: 60_000 });
  const login = async (email: string): Promise<Tokens> => {
    await service.api.register(email);
    return (await service.api.login(email)).body as unknown as Tokens;
  };
  const check = (edge: EdgeProcess, token: string) =>
    fetch(`http://${edge.address}/check`, { headers: { authorization: `Bearer ${token}` } });

  it('refuses a session from the moment its logout is answered', async () => {
    const edge = await start([], env);
    await ready(edge);
    expect((await fetch(`http://${edge.address}/healthz`)).status).toBe(200);
    const { access_token: token, session_id } = await login('edge@example.com');
    const granted = await check(edge, token);
    expect(granted.status).toBe(200);
    expect(granted.headers.get('latchkey-session')).toBe(session_id);
    expect((await service.api.logout(token)).status).toBe(204);
    const refused = await check(edge, token);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'session_revoked', reason: 'logout' });
    expect(await edge.stop()).toBe(0);
  });

  it('answers what has arrived when it is stopped, and removes its socket', async () => {
    const path = join(directory, 'edge.sock');
    const edge = await start(['--socket', path], env);
    await ready(edge);
    const { access_token: token } = await login('socket@example.com');
    const answer = await overSocket(path, token);
    expect(answer).toBe(200);
    expect((await stat(path)).mode & 0o777).toBe(0o660);
    expect(await edge.stop()).toBe(0);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('takes over the socket of a process that was killed, and no other file', async () => {
    const path = join(directory, 'again.sock');
    const killed = await start(['--socket', path], env);
    await expect(start(['--socket', path], env)).rejects.toThrow('another process listens on');
    killed.signal('SIGKILL');
    await killed.exit();
    expect((await stat(path)).isSocket()).toBe(true);
    const edge = await start(['--socket', path, '--socket-mode', '600'], env);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await edge.stop();
    const file = join(directory, 'secret');
    await expect(start(['--socket', file], env)).rejects.toThrow('is not a socket');
    expect((await stat(file)).isFile()).toBe(true);
  });

  it('ends with one error if its port is in use', async () => {
    const port = app.address.split(':')[1] ?? '';
    const { code, stderr } = await runSource('packages/guard/src/edge.ts', ['--port', port], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^latchkey-edge: listen EADDRINUSE[^\n]*\n$/);
  });

  it('is not ready, and answers 503, while no instance can be reached', async () => {
    const edge = await start([], { ...env, LATCHKEY_SERVICE: 'http://127.0.0.1:9' });
    expect((await fetch(`http://${edge.address}/healthz`)).status).toBe(503);
    const { access_token: token } = await login('away@example.com');
    const answer = await check(edge, token);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await edge.stop()).toBe(0);
  });

  it('says that it is refused, and becomes ready once its client is registered', async () => {
    const edge = await start([], { ...env, LATCHKEY_CLIENT_ID: 'late' });
    await waitUntil('it is refused', () => edge.log.includes('not ready: '), { timeoutMs: 30_000 });
    expect(edge.log).toContain('answered 401 Unauthorized');
    const database = service.app.get(DataSource);
    await database.query(
      `INSERT INTO clients (client_id, permissions, audiences) VALUES ('late', '{guard}', '{}')`,
    );
    await database.query(`INSERT INTO client_secrets (id, client_id, hash) VALUES ($1, 'late', $2)`, [
      randomUUID(),
      clientSecretHash(SECRET),
    ]);
    await ready(edge);
  });
});

function overSocket(socketPath: string, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    request({ socketPath, path: '/check', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

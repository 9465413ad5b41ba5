import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Api, type Tokens } from '../support/api.js';
import { debianProgram } from '../support/debian-program.js';
import { ExampleProcess } from '../support/example-process.js';
import { freePort } from '../support/free-port.js';
import { GuardedService } from '../support/guarded-service.js';
import { DocumentedPrograms } from './documented-programs.js';

const AUDIENCE = 'https://orders.example.com';
/** "From `npm install` to a protected route in under 15 lines." */
const MAX_LINES = 14;
const UNREACHABLE = 'http://localhost:1';

const caddy = await debianProgram('caddy').catch(() => null);
const withCaddy = caddy === null ? it.skip : it;

describe('the programs in docs/resource-servers.md', () => {
  const programs = new DocumentedPrograms('docs/resource-servers.md');
  const running: { stop(): Promise<unknown> }[] = [];
  let service: GuardedService;

  beforeAll(async () => {
    const port = await freePort();
    service = await GuardedService.start(
      { LATCHKEY_AUDIENCE: `http://localhost:${port} ${AUDIENCE}`, TRUST_PROXY: '127.0.0.1,::1' },
      port,
    );
  }, 240_000);
  afterEach(async () => {
    for (const program of running.splice(0).reverse()) await program.stop();
  });
  afterAll(async () => {
    await service?.stop();
    programs.remove();
  });

  const started = async (program: Promise<ExampleProcess>) => {
    running.push(await program);
    return program;
  };
  const start = (name: string, env: Record<string, string> = {}) =>
    started(ExampleProcess.start(programs.file(name), { ...service.clientEnv, ...env }));
  const orders = async (url: string, token?: string) =>
    (
      await fetch(
        `${url}/orders`,
        token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } },
      )
    ).status;

  async function itAdmitsOnlyActiveSessions(url: string): Promise<void> {
    const { access_token, session_id }: Tokens = await service.api.newcomer();
    expect(await orders(url)).toBe(401);
    const answer = await new Api(url).call('GET', '/orders', { token: access_token });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(userOf(access_token));
    expect((await service.api.end(access_token, `/sessions/${session_id}`)).status).toBe(204);
    expect(await orders(url, access_token)).toBe(401);
  }

  it('protect a route in fewer than 15 lines', () => {
    expect(programs.text('guard.mjs').trimEnd().split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('show a guard', async () => {
    const { url } = await start('guard.mjs');
    await itAdmitsOnlyActiveSessions(url);
  });

  it('show how to ask the service', async () => {
    const { url } = await start('check.mjs');
    await itAdmitsOnlyActiveSessions(url);
  });

  it('answer 503 if the service cannot be asked', async () => {
    const { url } = await start('check.mjs', { LATCHKEY_ISSUER: UNREACHABLE });
    expect(await orders(url, 'token')).toBe(503);
  });

  withCaddy('show an edge beside Caddy', async () => {
    const app = await startEcho();
    running.push({ stop: () => new Promise((resolve) => app.close(resolve)) });
    const edge = await started(
      ExampleProcess.startCommand({
        command: ['sh', join(programs.directory, 'edge.sh')],
        directory: programs.directory,
        env: { ...service.clientEnv, PATH: `${programs.directory}:${process.env.PATH}` },
      }),
    );
    const port = await freePort();
    const gateway = await started(
      ExampleProcess.startCommand(
        {
          command: [caddy ?? '', 'run', '--adapter', 'caddyfile', '--config', 'Caddyfile'],
          directory: programs.directory,
          env: {
            HOME: programs.directory,
            LISTEN: `:${port}`,
            EDGE: `127.0.0.1:${edge.port}`,
            APP: `127.0.0.1:${(app.address() as AddressInfo).port}`,
          },
        },
        port,
      ),
    );
    await itAdmitsOnlyActiveSessions(gateway.url);
    const { access_token } = await service.api.newcomer();
    const forged = { 'latchkey-user': 'forged', 'latchkey-session': 'forged', 'latchkey-roles': 'forged' };
    const answer = await new Api(gateway.url).call('GET', '/orders', {
      token: access_token,
      headers: forged,
    });
    expect(answer.text).toContain(userOf(access_token));
    expect(answer.text).not.toContain('forged');
  });

  it('accept a revoked session until its token expires if they only verify the token', async () => {
    const { url } = await start('jwt.mjs');
    const { access_token } = await service.api.newcomer();
    expect(await orders(url)).toBe(401);
    expect(await orders(url, `${access_token.slice(0, -8)}AAAAAAAA`)).toBe(401);
    await service.api.logout(access_token);
    expect(await orders(url, access_token)).toBe(200);
  });

  it('answer 503 if the keys cannot be fetched', async () => {
    const { url } = await start('jwt.mjs', { LATCHKEY_ISSUER: UNREACHABLE });
    expect(await orders(url, (await service.api.newcomer()).access_token)).toBe(503);
  });
});

function userOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub;
}

/** An application that answers with the identity headers that reach it. */
async function startEcho(): Promise<Server> {
  const server = createServer(({ headers }, response) => {
    const names = Object.keys(headers).filter((name) => name.startsWith('latchkey'));
    response.end(JSON.stringify(names.map((name) => headers[name])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Api, type Tokens } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { debianProgram } from '../../support/debian-program.js';
import { freePort } from '../../support/free-port.js';
import { reapWith } from '../../support/orphan-reaper.js';
import { inProject } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

const haproxy = await debianProgram('haproxy').catch(() => null);
if (haproxy === null) console.log('HAProxy is not installed: its configuration is not tested.');
const describeWithHaproxy = haproxy === null ? describe.skip : describe;

describeWithHaproxy('three instances behind HAProxy, as ops/haproxy configures it', () => {
  let database: TestDatabase;
  let proxy: ChildProcess;
  let env: Record<string, string>;
  let url: string;
  const ports: number[] = [];
  const instances: ServiceProcess[] = [];

  const start = async (port: number) => {
    const instance = await ServiceProcess.start({ ...env, PORT: String(port) });
    instances.push(instance);
    return instance;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    env = serviceEnv(database.url, {
      REDIS_URL: process.env.TEST_REDIS_URL ?? '',
      TRUST_PROXY: '127.0.0.1',
      SHUTDOWN_DELAY: '5s',
    });
    for (let instance = 0; instance < 3; instance++) ports.push(await freePort());
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const servers = ports.map((it, at) => [`LATCHKEY_${at + 1}`, `127.0.0.1:${it}`]);
    proxy = spawn(haproxy as string, ['-db', '-f', inProject('ops/haproxy/haproxy.cfg')], {
      env: { ...Object.fromEntries(servers), LATCHKEY_BIND: `127.0.0.1:${port}` },
      stdio: 'ignore',
    });
    reapWith(proxy);
    await Promise.all(ports.map(start));
    await waitUntil('an instance behind the proxy', async () => (await fetch(`${url}/health/live`)).ok, {
      timeoutMs: 60_000,
    });
  });

  afterAll(async () => {
    for (const instance of instances) instance.kill();
    await Promise.all(instances.map((instance) => instance.exit()));
    proxy?.kill('SIGKILL');
    await database?.drop();
  });

  it('lose no request while an instance is replaced', async () => {
    const api = new Api(url);
    let isOver = false;
    let answered = 0;
    const failed: string[] = [];
    const tokens: Tokens[] = await Promise.all(Array.from({ length: 4 }, () => api.newcomer()));
    const work = tokens.map(async ({ access_token }) => {
      while (!isOver) {
        const answer = await api.me(access_token).then(
          ({ status }) => String(status),
          (error: Error) => error.message,
        );
        if (answer === '200') answered += 1;
        else failed.push(answer);
        await sleep(10);
      }
    });
    const answeredAfter = (count: number) =>
      waitUntil(`${count} answers`, () => answered >= count, { timeoutMs: 60_000 });
    let stopped: number | null | undefined;
    try {
      await answeredAfter(20);
      stopped = await instances[0]?.stop();
      await answeredAfter(answered + 20);
    } finally {
      isOver = true;
      await Promise.all(work);
    }
    expect([stopped, failed]).toEqual([0, []]);
  });

  it('see the address of the client, not one that the client claims', async () => {
    const { access_token } = await new Api(url, { 'x-forwarded-for': '203.0.113.7' }).newcomer();
    const { body } = await new Api(url).call<{ devices: { sessions: { address?: string }[] }[] }>(
      'GET',
      '/devices',
      {
        token: access_token,
      },
    );
    expect(JSON.stringify(body)).not.toContain('203.0.113.7');
    expect(JSON.stringify(body)).toContain('127.0.0.1');
  });
});

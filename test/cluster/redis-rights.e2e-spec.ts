import { readFile } from 'node:fs/promises';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { neededRights } from '../../src/redis/redis-rights.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { RedisServer } from '../support/redis-server.js';
import { COMMAND, inProject, MAIN, runProgram } from '../support/run-program.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { startInstances } from '../support/start-instances.js';
import { waitUntil } from '../support/wait-until.js';

const PREFIX = 'latchkey';
const RIGHTS = neededRights(PREFIX);
const PATIENCE = { timeoutMs: 60_000 };

describe('a Redis user with the least rights', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let url: string;

  beforeAll(async () => {
    redis = await RedisServer.start();
    database = await createTestDatabase();
    url = redis.url.replace('//', '//service:secret@');
  });
  afterAll(async () => {
    await redis?.dispose();
    await database?.drop();
  });
  beforeEach(() => allow(RIGHTS));

  async function allow(rights: readonly string[]): Promise<void> {
    expect(await redis.send(`ACL SETUSER service reset on >secret ${rights.join(' ')}`)).toBe('+OK');
  }
  const without = (right: string) => RIGHTS.filter((other) => other !== right);

  /** Why a service would not start. */
  async function refusal(at = url): Promise<string | null> {
    try {
      await (await RedisConnection.openForService({ kind: 'single', url: at }, PREFIX)).close();
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  it('is enough for everything that several instances and the command do', async () => {
    await redis.send('ACL LOG RESET');
    const env = { REDIS_URL: url, REDIS_KEY_PREFIX: PREFIX };
    const instances = await startInstances(env);
    const [one, other] = instances.services;
    try {
      expect((await one.api.call('GET', '/health/ready')).body).toMatchObject({
        status: 'ready',
        caches_trusted: true,
      });
      const { email, access_token, refresh_token, session_id } = await one.api.newcomer();
      const wrong = { body: { email, password: 'not the password' } };
      for (const { api } of [one, other, one])
        expect((await api.call('POST', '/auth/login', wrong)).status).toBe(401);
      expect((await one.api.login(email)).status).toBe(200);
      expect((await other.api.refresh(refresh_token)).status).toBe(200);
      for (const { api } of [one, other]) expect((await api.me(access_token)).status).toBe(200);
      expect((await one.api.logout(access_token)).status).toBe(204);
      expect((await other.api.me(access_token)).status).toBe(401);
      const explained = await runProgram(COMMAND, ['explain', session_id], {
        ...serviceEnv(instances.database.url, env),
      });
      expect(explained.code).toBe(0);
    } finally {
      await instances.stop();
    }
    expect(await redis.send('ACL LOG')).toBe('*0');
    expect(await redis.send(`EXISTS ${PREFIX}:probe`)).toBe(':0');
  });

  it.each(RIGHTS)('does not start a service without %s, which is named', async (right) => {
    await allow(without(right));
    expect(await refusal()).toBe(`Redis cannot be used, run this first: ACL SETUSER service ${right}`);
  });

  it('has the rights that are documented', async () => {
    const operations = await readFile(inProject('docs/operations.md'), 'utf8');
    const [, documented = ''] = /ACL SETUSER service on >PASSWORD ([^`]+)```/.exec(operations) ?? [];
    expect(documented.split(/\s+/).filter(Boolean)).toEqual([
      'resetkeys',
      'resetchannels',
      '-@all',
      ...RIGHTS,
    ]);
    expect(await refusal()).toBeNull();
  });

  it('is refused with every missing right named', async () => {
    await allow(RIGHTS.filter((right) => !right.startsWith('+')));
    expect(await refusal()).toBe(
      `Redis cannot be used, run this first: ACL SETUSER service ${RIGHTS.filter((right) => right.startsWith('+')).join(' ')}`,
    );
  });

  it('is refused with a wrong password, and so is a node of a Redis Cluster', async () => {
    expect(await refusal(url.replace('secret', 'wrong'))).toMatch(/^Redis cannot be used: WRONGPASS [^\n]+$/);
    const node = await RedisServer.start({ settings: { 'cluster-enabled': 'yes' } });
    try {
      expect(await refusal(node.url)).toBe(
        'Redis cannot be used: REDIS_URL leads to a node of a Redis Cluster, use REDIS_CLUSTER_NODES',
      );
    } finally {
      await node.dispose();
    }
  });

  it('ends a start with one line and code 1', async () => {
    await allow(without('+eval'));
    const { code, stderr } = await runProgram(
      MAIN,
      [],
      serviceEnv(database.url, { REDIS_URL: url, REDIS_KEY_PREFIX: PREFIX, PORT: '0' }),
    );
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'latchkey: Redis cannot be used, run this first: ACL SETUSER service +eval\n',
    });
  });

  it('makes a running instance unavailable when it loses one, until it has it again', async () => {
    const service = await ServiceProcess.start(
      serviceEnv(database.url, { REDIS_URL: url, REDIS_KEY_PREFIX: PREFIX, LOG_LEVEL: 'info' }),
    );
    try {
      const ready = async () => (await service.api.call('GET', '/health/ready')).body;
      const { access_token } = await service.api.newcomer();
      await allow(without('+publish'));
      await waitUntil('it is unavailable', async () => (await ready()).status === 'unavailable', PATIENCE);
      expect(await ready()).toMatchObject({ dependencies: { redis: 'misconfigured' } });
      await waitUntil('the log names it', async () =>
        service.log.includes('Redis cannot be used, run this first: ACL SETUSER service +publish'),
      );
      expect((await service.api.me(access_token)).status).toBe(200);
      await allow(RIGHTS);
      await waitUntil('it is ready again', async () => (await ready()).status === 'ready', PATIENCE);
      await waitUntil('the log says so', async () => service.log.includes('usable again'));
    } finally {
      await service.stop();
    }
  });
});

describe('a Redis that refuses writes', () => {
  const REPLICA = 'Redis cannot be used: REDIS_URL leads to a read-only replica, it must lead to the master';
  let redis: RedisServer;
  let database: TestDatabase;

  beforeAll(async () => {
    redis = await RedisServer.start();
    database = await createTestDatabase();
  });
  afterAll(async () => {
    await redis?.dispose();
    await database?.drop();
  });

  const timesLogged = (service: ServiceProcess, text: string) => service.log.split(text).length - 1;

  it('does not start a service if it is a replica', async () => {
    const replica = await RedisServer.start({ replicaOf: redis });
    try {
      const opened = RedisConnection.openForService({ kind: 'single', url: replica.url }, PREFIX);
      await expect(opened).rejects.toThrow(REPLICA);
    } finally {
      await replica.dispose();
    }
  });

  it('is named once in the log of a running instance, which stays in service, and so is its recovery', async () => {
    const service = await ServiceProcess.start(
      serviceEnv(database.url, { REDIS_URL: redis.url, LOG_LEVEL: 'info' }),
    );
    const logged = (text: string, times: number) =>
      waitUntil(text, async () => timesLogged(service, text) === times, PATIENCE);
    try {
      await redis.send(`REPLICAOF 127.0.0.1 ${redis.port}`);
      await logged(REPLICA, 1);
      expect((await service.api.call('GET', '/health/ready')).status).toBe(200);
      await redis.send('REPLICAOF NO ONE');
      await logged('usable again', 1);

      await redis.send('CONFIG SET maxmemory 1');
      await logged('Redis refuses writes: OOM', 1);
      // The check after the reconnect finds the same.
      await redis.send('CLIENT KILL TYPE normal');
      await redis.send('CONFIG SET maxmemory 0');
      await logged('usable again', 2);
      expect(timesLogged(service, 'Redis refuses writes: OOM')).toBe(1);
    } finally {
      await service.stop();
    }
  });

  it('is not called usable again while it cannot be reached', async () => {
    const url = redis.url.replace('//', '//service:secret@');
    await redis.send(`ACL SETUSER service reset on >secret ${RIGHTS.join(' ')}`);
    const service = await ServiceProcess.start(
      serviceEnv(database.url, { REDIS_URL: url, REDIS_KEY_PREFIX: PREFIX, LOG_LEVEL: 'info' }),
    );
    const state = async () => {
      const { body } = await service.api.call('GET', '/health/ready');
      return (body.dependencies as { readonly redis: string }).redis;
    };
    try {
      await redis.send('ACL SETUSER service -publish');
      await waitUntil('it is misconfigured', async () => (await state()) === 'misconfigured', PATIENCE);
      redis.pause();
      await waitUntil('it is down', async () => (await state()) === 'down', PATIENCE);
      expect(service.log).not.toContain('usable again');
      redis.resume();
      await redis.send('ACL SETUSER service +publish');
      await waitUntil('it is usable', async () => timesLogged(service, 'usable again') === 1, PATIENCE);
    } finally {
      redis.resume();
      await service.stop();
    }
  });
});

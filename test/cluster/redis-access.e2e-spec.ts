import { readFile } from 'node:fs/promises';
import { RedisConnection } from '../../src/redis/redis-connection.js';
import { freePort } from '../support/free-port.js';
import { RedisCluster } from '../support/redis-cluster.js';
import { RedisServer } from '../support/redis-server.js';
import { COMMAND, inProject, runProgram } from '../support/run-program.js';
import { hasSentinel, SentinelServer } from '../support/sentinel-server.js';
import { serviceEnv } from '../support/service-env.js';
import { startInstances } from '../support/start-instances.js';
import { createTlsFiles, redisTls, type TlsFiles } from '../support/tls-files.js';
import { redisCommands } from './history/redis-commands.js';

const MASTER_NAME = 'sessions';
const SENTINELS = 3;
const itWithSentinel = (await hasSentinel()) ? it : it.skip;
/** Certificates have host names. */
const NAMED_SERVERS = ['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes'];
const USER = { username: 'service', password: 'PASSWORD' };

/** The command that creates the user, as a section of docs/operations.md has it. */
async function documentedUser(section: string): Promise<string[]> {
  const operations = await readFile(inProject('docs/operations.md'), 'utf8');
  const [, text = ''] = operations.split(`\n## ${section}\n`);
  const [command = ''] = /ACL SETUSER [^`]+(?=```)/.exec(text) ?? [];
  return command.split(/\s+/).filter(Boolean);
}

const without = (command: readonly string[], right: string) => command.filter((word) => word !== right);
const rightsIn = (command: readonly string[]) => command.filter((word) => /^[~&+]/.test(word));

/** Creates the user anew. */
async function create(servers: readonly { port: number }[], command: readonly string[]): Promise<void> {
  for (const { port } of servers)
    await redisCommands(port, [['ACL', 'DELUSER', USER.username], [...command]]);
}

/** Two instances that trust their caches, share limits and a revoke, and can be explained; no server refuses them anything. */
async function useEverything(
  servers: readonly { port: number }[],
  env: Record<string, string>,
): Promise<void> {
  for (const { port } of servers) await redisCommands(port, [['ACL', 'LOG', 'RESET']]);
  const instances = await startInstances({ ...env, LOGIN_ATTEMPTS_PER_ACCOUNT: '3' });
  const [one, other] = instances.services;
  try {
    for (const { api } of [one, other])
      expect((await api.call('GET', '/health/ready')).body).toMatchObject({
        status: 'ready',
        caches_trusted: true,
      });
    const { access_token, session_id, email } = await one.api.newcomer();
    const guess = { body: { email, password: 'not the password' } };
    for (const { api } of [one, other, one])
      expect((await api.call('POST', '/auth/login', guess)).status).toBe(401);
    expect((await other.api.call('POST', '/auth/login', guess)).status).toBe(429);
    for (const { api } of [one, other]) expect((await api.me(access_token)).status).toBe(200);
    expect((await one.api.logout(access_token)).status).toBe(204);
    expect((await other.api.me(access_token)).status).toBe(401);
    const { code, stdout } = await runProgram(COMMAND, ['explain', session_id], {
      ...serviceEnv(instances.database.url, env),
    });
    expect({ code, instances: stdout.match(/^ {2}instance /gm)?.length }).toEqual({ code: 0, instances: 2 });
  } finally {
    await instances.stop();
  }
  for (const { port } of servers) expect(await redisCommands(port, [['ACL', 'LOG']])).toEqual([[]]);
}

describe('Redis with TLS and a user with the documented rights', () => {
  let files: TlsFiles;
  let shared: Record<string, string>;

  beforeAll(async () => {
    files = await createTlsFiles({});
    shared = { REDIS_KEY_PREFIX: 'latchkey', NODE_EXTRA_CA_CERTS: files.authority };
  });
  afterAll(() => files?.remove());

  it('serves instances by a URL, in a database that is not the first', async () => {
    const port = await freePort();
    const server = await RedisServer.start({ settings: redisTls(files, port) });
    try {
      await create([server], [...(await documentedUser('Redis rights')), '+select']);
      const url = `rediss://${USER.username}:${USER.password}@localhost:${port}/2`;
      await useEverything([server], { ...shared, REDIS_URL: url });
    } finally {
      await server.dispose();
    }
  });

  itWithSentinel(
    'serves instances with Sentinel',
    async () => {
      const masterPort = await freePort();
      const server = await RedisServer.start({ settings: redisTls(files, masterPort) });
      const master = { masterName: MASTER_NAME, masterHost: 'localhost', quorum: 2 };
      const sentinels: SentinelServer[] = [];
      const ports: number[] = [];
      try {
        for (let count = 0; count < SENTINELS; count++) {
          const port = await freePort();
          const tls = Object.entries(redisTls(files, port)).map(([name, value]) => `${name} ${value}`);
          const configuration = [...NAMED_SERVERS, ...tls];
          sentinels.push(await SentinelServer.start({ ...master, masterPort, configuration }));
          ports.push(port);
        }
        await create([server], await documentedUser('Redis rights'));
        await create(sentinels, await documentedUser('Redis Sentinel'));
        await useEverything([server, ...sentinels], {
          ...shared,
          REDIS_URL: '',
          REDIS_SENTINELS: ports.map((port) => `localhost:${port}`).join(','),
          REDIS_SENTINEL_NAME: MASTER_NAME,
          REDIS_SENTINEL_USERNAME: USER.username,
          REDIS_SENTINEL_PASSWORD: USER.password,
          REDIS_USERNAME: USER.username,
          REDIS_PASSWORD: USER.password,
          REDIS_TLS: 'true',
        });
      } finally {
        await Promise.all([server, ...sentinels].map((it) => it.dispose()));
      }
    },
    200_000,
  );

  describe('with a cluster', () => {
    let cluster: RedisCluster;

    beforeAll(async () => {
      cluster = await RedisCluster.start(files);
      await create(cluster.nodes, await documentedUser('Redis Cluster'));
    }, 200_000);
    afterAll(() => cluster?.dispose());

    it('serves instances', async () => {
      await useEverything(cluster.nodes, {
        ...shared,
        REDIS_URL: '',
        REDIS_CLUSTER_NODES: cluster.nodes.map((node) => `localhost:${node.setting('tls-port')}`).join(','),
        REDIS_USERNAME: USER.username,
        REDIS_PASSWORD: USER.password,
        REDIS_TLS: 'true',
      });
    }, 200_000);

    it('does not start a service without one of the rights, which is named', async () => {
      const documented = await documentedUser('Redis Cluster');
      const servers = {
        ...{ kind: 'cluster' as const, access: { ...USER, tls: false, database: 0 } },
        nodes: cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
      };
      const unnamed: string[] = [];
      for (const right of rightsIn(documented)) {
        await create(cluster.nodes, without(documented, right));
        const refused = await RedisConnection.openForService(servers, 'latchkey').then(
          (connection) => connection.close(),
          ({ message }: Error) => message,
        );
        // Without this one nobody says where the keys are, so it is the node that refuses.
        const named = right === '+cluster|slots' ? "'cluster|slots'" : right;
        if (!refused?.includes(named)) unnamed.push(`${right}: ${refused}`);
      }
      expect(unnamed).toEqual([]);
    }, 200_000);
  });
});

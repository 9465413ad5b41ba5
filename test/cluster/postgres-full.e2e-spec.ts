import { Client } from 'pg';
import { runMigrations } from '../../src/database/migrations.js';
import type { Answer } from '../support/answer.js';
import type { Api, Tokens } from '../support/api.js';
import { PostgresServer } from '../support/postgres-server.js';
import { serviceEnv } from '../support/service-env.js';
import { ServiceProcess } from '../support/service-process.js';
import { SmallDisk } from '../support/small-disk.js';
import { Traffic } from '../support/traffic.js';
import { waitUntil } from '../support/wait-until.js';

const START_MS = 180_000;
const DISK_MB = 8;
const PEOPLE = 12;
/** Upper limit for the logins that use up the last free page. */
const MOST_LOGINS = 2_000;

const disk = SmallDisk.mount(DISK_MB);

// If no small disk can be mounted here, `dependency-failure.spec.ts` still covers the errors of a full one.
(disk ? describe : describe.skip)('two instances whose Postgres has a full disk', () => {
  let postgres: PostgresServer;
  let services: ServiceProcess[] = [];
  const apis = (): Api[] => services.map(({ api }) => api);
  const api = (): Api => services[0]!.api;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    await runMigrations(postgres.url);
    await sql(
      `CREATE TABLESPACE small LOCATION '${disk?.directory}'`,
      ...['users', 'devices', 'sessions', 'session_events'].map(
        (table) => `ALTER TABLE ${table} SET TABLESPACE small`,
      ),
    );
    const env = serviceEnv(postgres.url, { REDIS_URL: process.env.TEST_REDIS_URL ?? '' });
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    await waitUntil(
      'both instances trust their caches',
      async () => {
        const states = await Promise.all(apis().map((each) => each.call('GET', '/health/ready')));
        return states.every(({ body }) => body.caches_trusted);
      },
      { timeoutMs: 60_000 },
    );
  }, START_MS);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await postgres?.dispose();
    disk?.unmount();
  });

  async function sql(...statements: string[]): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) ({ rows } = await client.query(statement));
      return rows;
    } finally {
      await client.end();
    }
  }

  const refusedForNow = ({ status, headers, text }: Answer<unknown>) => {
    expect({ status, text }).toMatchObject({
      status: 503,
      text: expect.stringContaining('"service_unavailable"'),
    });
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  };

  it('check sessions, answer writes with 503, and lose nothing acknowledged', async () => {
    const people: (Tokens & { email: string })[] = [];
    for (let made = 0; made < PEOPLE; made++) people.push(await api().newcomer());
    const [watched, ...others] = people as [Tokens & { email: string }, ...(Tokens & { email: string })[]];
    for (const each of apis()) {
      for (const { access_token } of people) expect((await each.me(access_token)).status).toBe(200);
    }
    const watch = apis().map((each) => new Traffic(() => each.me(watched.access_token)));

    disk?.fill();
    const opened: Tokens[] = [];
    let refused: Answer<Tokens> | null = null;
    for (let tries = 0; tries < MOST_LOGINS && !refused; tries++) {
      const answer = await api().login(watched.email, { device_token: watched.device_token });
      if (answer.status === 200) opened.push(answer.body);
      else refused = answer;
    }
    if (!refused) throw new Error('the disk did not fill up');
    refusedForNow(refused);
    const logouts = await Promise.all(
      others.map(async (person, at) => ({
        person,
        answer: await apis()[at % 2]!.logout(person.access_token),
      })),
    );
    for (const { person, answer } of logouts) {
      if (answer.status !== 204) refusedForNow(answer);
      // Sessions whose revoke failed stay active.
      for (const each of apis()) {
        expect((await each.me(person.access_token)).status).toBe(answer.status === 204 ? 401 : 200);
      }
    }

    disk?.clear();
    expect((await api().login(watched.email)).status).toBe(200);
    for (const { statuses } of await Promise.all(watch.map((traffic) => traffic.stop()))) {
      expect(Object.keys(statuses)).toEqual(['200']);
    }
    for (const { person, answer } of logouts) {
      if (answer.status !== 204) expect((await api().logout(person.access_token)).status).toBe(204);
      for (const each of apis()) expect((await each.me(person.access_token)).status).toBe(401);
    }
    for (const { access_token } of opened.slice(-20)) {
      for (const each of apis()) expect((await each.me(access_token)).status).toBe(200);
    }
    for (const { log } of services) expect(log).not.toContain('unexpected error');
  });
});

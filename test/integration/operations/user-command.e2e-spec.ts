import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Answer } from '../../support/answer.js';
import { Api, newEmail, PASSWORD } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { COMMAND, type Finished, MAIN, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';

const HOLDS = 'confirmed by every running instance';

const lines = ({ code, stdout, stderr }: Finished) => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
};
const refusal = ({ code, stdout, stderr }: Finished) => {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr.trimEnd();
};

describe('the user command', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = serviceEnv(database.url);
  });
  afterAll(() => database.drop());

  const user = (args: string[], input = '') => runProgram(COMMAND, ['user', ...args], env, input);

  describe('without a running service', () => {
    it('adds a user with the password from standard input, and lists users', async () => {
      const [added] = lines(
        await user(['add', 'Ada@Example.org', 'admin', 'auditor'], `${PASSWORD}\nsecond line\n`),
      );
      expect(added).toMatch(/^[0-9a-f-]{36} {2}ada@example\.org {2}active {2}admin,auditor$/);
      const [other] = lines(await user(['add', 'grace@example.org'], PASSWORD));
      expect(other).toMatch(/ {2}grace@example\.org {2}active {2}-$/);
      expect(lines(await user(['list']))).toEqual([added, other]);

      const first = await user(['list', '--limit', '1']);
      const id = added?.split(' ')[0] ?? '';
      expect(first).toEqual({
        code: 0,
        stdout: `${added}\n`,
        stderr: `latchkey: there are more users: add --after ${id}\n`,
      });
      expect(lines(await user(['list', '--limit', '1', '--after', id]))).toEqual([other]);
    });

    it('lists 100 users unless a limit is given', async () => {
      const many = await createTestDatabase();
      const client = new Client({ connectionString: many.url });
      await client.connect();
      await client.query(`
        INSERT INTO users (id, email, password_hash)
        SELECT gen_random_uuid(), n || '@example.org', '' FROM generate_series(1, 101) n`);
      await client.end();
      const { stdout, stderr } = await runProgram(COMMAND, ['user', 'list'], serviceEnv(many.url));
      expect(stdout.trimEnd().split('\n')).toHaveLength(100);
      expect(stderr).toMatch(/^latchkey: there are more users: add --after [0-9a-f-]{36}\n$/);
      await many.drop();
    });

    it.each([
      ['an address that is taken', ['add', 'ada@example.org'], PASSWORD, /already registered/],
      ['a bad role', ['add', 'new@example.org', 'Not A Role'], PASSWORD, /A role has 1 to 32/],
      ['no password', ['add', 'new@example.org'], '', /no password was given/],
      ['a password that is not in UTF-8', ['add', 'new@example.org'], '\ufffd horse battery', /not in UTF-8/],
      ['an unknown address', ['disable', 'nobody@example.org'], '', /there is no user nobody@example\.org/],
      ['an invalid id', ['sessions', 'nobody'], '', /there is no user nobody/],
      ['a limit of 0', ['list', '--limit', '0'], '', /must be a whole number from 1 to 10000/],
      ['a limit that is no number', ['list', '--limit', 'all'], '', /must be a whole number from 1 to 10000/],
      ['an id of no user', ['list', '--after', 'ada@example.org'], '', /`after` must be the id of a user/],
      ['an unknown command', ['promote', 'ada@example.org'], '', /unknown command 'promote'/],
      ['a missing argument', ['grant', 'ada@example.org'], '', /missing required argument 'role'/],
    ])('refuses %s in one line', async (_what, args, input, reason) => {
      expect(refusal(await user(args, input))).toMatch(reason);
    });

    it('reports in one line that the database is down or behind', async () => {
      const unreachable = await runProgram(
        COMMAND,
        ['user', 'list'],
        serviceEnv('postgres://127.0.0.1:1/latchkey'),
      );
      expect(refusal(unreachable)).toBe(
        'latchkey: Postgres cannot be used: connect ECONNREFUSED 127.0.0.1:1',
      );

      const behind = await createTestDatabase();
      const client = new Client({ connectionString: behind.url });
      await client.connect();
      await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      await client.end();
      const line = refusal(await runProgram(COMMAND, ['user', 'list'], serviceEnv(behind.url)));
      expect(line).toMatch(
        /^latchkey: the database schema is behind by \d+ migrations: run "latchkey migrate run"/,
      );
      await behind.drop();
    });

    it('revokes sessions, and reports that no instance has confirmed it', async () => {
      const [added] = lines(await user(['add', 'alone@example.org', 'admin'], PASSWORD));
      const id = added?.split(' ')[0] ?? '';
      const [changed, confirmation] = lines(await user(['revoke-role', id, 'admin']));
      expect(changed).toMatch(/ {2}-$/);
      expect(confirmation).toMatch(/^committed, but not confirmed by every instance yet/);
      expect(lines(await user(['end-sessions', id]))).toEqual(['revoked 0 sessions', confirmation]);
      expect(lines(await user(['sessions', id]))).toEqual(['no sessions']);
    });
  });

  describe('next to a running service', () => {
    let service: ServiceProcess;
    let api: Api;

    beforeAll(async () => {
      service = await ServiceProcess.start(env);
      api = service.api;
    });
    afterAll(async () => {
      expect(await service.stop()).toBe(0);
    });

    /** Polls until the token is refused and returns that response. */
    async function untilRefused(token: string): Promise<Answer> {
      for (;;) {
        const answer = await api.me(token);
        if (answer.status !== 200) return answer;
        await sleep(20);
      }
    }

    it('revokes the sessions of a user immediately', async () => {
      const { email, access_token, refresh_token, session_id } = await api.newcomer();
      expect((await api.me(access_token)).status).toBe(200);
      const [ended, confirmation] = lines(await user(['end-sessions', email]));
      expect([ended, confirmation]).toEqual(['revoked 1 session', HOLDS]);
      const refused = await api.me(access_token);
      expect(refused.status).toBe(401);
      expect(refused.body).toMatchObject({ code: 'session_revoked', reason: 'operator' });
      expect((await api.refresh(refresh_token)).status).toBe(401);
      expect((await api.login(email)).status).toBe(200);

      const [newer = '', older = ''] = lines(await user(['sessions', email]));
      expect(older).toContain(session_id);
      expect(older).toMatch(/ {2}revoked \(operator, operator\)$/);

      // Not the whole lines: when a session was last seen is written a little later.
      const idIn = (line = '') => line.split(' ')[0] ?? '';
      const first = await user(['sessions', email, '--limit', '1']);
      expect([first.code, first.stdout.trimEnd().split('\n').map(idIn)]).toEqual([0, [idIn(newer)]]);
      expect(first.stderr).toBe(`latchkey: there are more sessions: add --after ${idIn(newer)}\n`);
      const second = await user(['sessions', email, '--limit', '1', '--after', idIn(newer)]);
      expect(lines(second).map(idIn)).toEqual([session_id]);
    });

    it('disables and enables a user', async () => {
      const { email, access_token } = await api.newcomer();
      const running = user(['disable', email]);
      expect((await untilRefused(access_token)).body).toMatchObject({
        code: 'session_revoked',
        reason: 'user_disabled',
      });
      const [row, ended, confirmation] = lines(await running);
      expect(row).toMatch(/ {2}disabled {2}-$/);
      expect([ended, confirmation]).toEqual(['revoked 1 session', HOLDS]);
      expect((await api.login(email)).body).toMatchObject({ code: 'account_disabled' });

      expect(lines(await user(['enable', email]))[0]).toMatch(/ {2}active {2}-$/);
      expect((await api.login(email)).status).toBe(200);
    });

    it('makes tokens with a revoked role stale until they are refreshed', async () => {
      const email = newEmail();
      await api.register(email);
      expect(lines(await user(['grant', email, 'admin'])).at(-1)).toBe(HOLDS);
      const { access_token, refresh_token } = await api.session(email);
      expect((await api.me(access_token)).status).toBe(200);

      expect(lines(await user(['revoke-role', email, 'admin'])).at(-1)).toBe(HOLDS);
      const stale = await api.me(access_token);
      expect(stale.status).toBe(401);
      expect(stale.body).toMatchObject({ code: 'token_stale' });
      const refreshed = await api.refresh(refresh_token);
      expect((await api.me(refreshed.body.access_token)).status).toBe(200);
    });
  });
});

describe('commands with the embedded Postgres of development', () => {
  it('work on the same database whether or not the service is running', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-embedded-'));
    const env = { LATCHKEY_DATA_DIR: dataDir, LOG_LEVEL: 'warn' };
    const user = (args: string[], input = '') => runProgram(COMMAND, ['user', ...args], env, input);
    try {
      const added = await user(['add', 'ada@example.org'], PASSWORD);
      expect(added.code).toBe(0);
      expect(added.stdout).toMatch(/^[0-9a-f-]{36} {2}ada@example\.org {2}active {2}-\n$/);

      const service = await ServiceProcess.start(env);
      try {
        const { access_token } = await service.api.session('ada@example.org');
        expect((await service.api.me(access_token)).status).toBe(200);
        expect(lines(await user(['end-sessions', 'ada@example.org']))).toEqual(['revoked 1 session', HOLDS]);
        expect((await service.api.me(access_token)).status).toBe(401);

        const second = await runProgram(MAIN, [], { ...env, PORT: '0' });
        expect(refusal(second)).toMatch(
          new RegExp(
            `^latchkey: already running at http://localhost:${new URL(service.url).port} \\(process \\d+\\); `,
          ),
        );
        expect((await service.api.session('ada@example.org')).token_type).toBe('Bearer');

        // The port of the service is not in its environment.
        const { port } = new URL(service.url);
        const [seeded] = lines(await runProgram(COMMAND, ['seed'], env));
        expect(seeded).toMatch(`sign in at http://localhost:${port}/account as `);
      } finally {
        expect(await service.stop()).toBe(0);
      }
      expect(lines(await user(['list']))).toHaveLength(2);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 180_000);
});

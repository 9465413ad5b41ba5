import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { COMMAND, type Finished, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';

const lines = ({ code, stdout, stderr }: Finished) => {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd().split('\n');
};
const refusal = ({ code, stdout, stderr }: Finished) => {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr.trimEnd();
};

const SECRET = /^secret {2}(lks_[\w-]{43}) {2}\(shown only now/;
const DATE = /\d{4}-\d\d-\d\dT[\d:.]+Z/;
const CONFIGURED = [
  { client_id: 'edge', client_secrets: ['a secret of the edge', 'the next one'], permissions: ['guard'] },
];

describe('the client command', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let postgres: Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = serviceEnv(database.url);
    postgres = new Client({ connectionString: database.url });
    await postgres.connect();
  });
  afterAll(async () => {
    await postgres.end();
    await database.drop();
  });

  const client = (args: string[], more: Record<string, string> = {}) =>
    runProgram(COMMAND, ['client', ...args], { ...env, ...more });
  const secretOf = ([line = '']: string[]) => SECRET.exec(line)?.[1] ?? `no secret in ${line}`;
  const listed = async (more: Record<string, string> = {}) => lines(await client(['list'], more));

  it('adds a client, prints its secret once, and lists it without the secret', async () => {
    expect(await listed()).toEqual(['no clients']);
    const added = lines(
      await client([
        ...['add', 'orders-api', '--permission', 'guard', '--permission', 'introspect'],
        ...['--audience', 'https://api.example.com', '--audience', 'orders'],
      ]),
    );
    expect(added).toEqual([expect.stringMatching(SECRET)]);
    const [row] = await listed();
    expect(row).toMatch(
      new RegExp(
        `^orders-api {2}guard,introspect {2}https://api\\.example\\.com,orders {2}database {2}1 secret of ${DATE.source}$`,
      ),
    );
    expect(row).not.toContain(secretOf(added));
  });

  it('rotates: adds secrets up to a limit, and revokes the old ones when told to', async () => {
    const [rotated] = lines(await client(['rotate', 'orders-api']));
    expect(rotated).toMatch(SECRET);
    // Like three more rotations, each of which would start a process.
    await postgres.query(
      `INSERT INTO client_secrets (id, client_id, hash, created_at)
       SELECT gen_random_uuid(), client_id, 'x', created_at - interval '1 day'
       FROM clients, generate_series(1, 3) WHERE client_id = 'orders-api'`,
    );
    expect((await listed())[0]).toMatch(new RegExp(`5 secrets of ${DATE.source}(, ${DATE.source}){4}$`));
    expect(refusal(await client(['rotate', 'orders-api']))).toMatch(
      /^latchkey: client orders-api has 5 secrets already: revoke the old ones first/,
    );

    expect(lines(await client(['rotate', 'orders-api', '--revoke-old']))).toEqual([
      'revoked 4 secrets; the newest stays valid',
    ]);
    expect((await listed())[0]).toMatch(/ {2}1 secret of /);
  }, 300_000);

  it('lists configured clients, and leaves them to the configuration', async () => {
    const configuration = { LATCHKEY_CLIENTS: JSON.stringify(CONFIGURED) };
    expect((await listed(configuration))[0]).toBe('edge  guard  -  configuration  2 secrets');
    for (const args of [
      ['add', 'edge', '--permission', 'guard'],
      ['rotate', 'edge'],
      ['remove', 'edge'],
    ]) {
      expect(refusal(await client(args, configuration))).toBe(
        'latchkey: client edge is configured in LATCHKEY_CLIENTS: change it there',
      );
    }

    lines(await client(['add', 'edge', '--permission', 'revoke']));
    expect(await listed(configuration)).toContainEqual(
      expect.stringMatching(/^edge {2}revoke {2}- {2}database \(ignored: LATCHKEY_CLIENTS has the same id\)/),
    );
    expect(lines(await client(['remove', 'edge'], configuration))).toEqual(['removed edge']);
  }, 300_000);

  it('removes a client', async () => {
    expect(lines(await client(['remove', 'orders-api']))).toEqual(['removed orders-api']);
    expect(await listed()).toEqual(['no clients']);
  });

  it.each([
    ['an id that is taken', ['add', 'taken', '--permission', 'guard'], /there is a client taken already/],
    [
      'an invalid id',
      ['add', 'my api', '--permission', 'guard'],
      /the client has an invalid client_id: 1 to 64/,
    ],
    [
      'no permission',
      ['add', 'api'],
      /invalid permissions: one or more of guard, introspect, revoke, signals/,
    ],
    [
      'an invalid audience',
      ['add', 'api', '--permission', 'guard', '--audience', 'a b'],
      /invalid audiences/,
    ],
    ['a rotation of an unknown client', ['rotate', 'nothing'], /there is no client nothing/],
    ['an unknown command', ['authorize', 'api'], /unknown command 'authorize'/],
  ])('refuses %s in one line', async (_what, args, reason) => {
    if (args[1] === 'taken') lines(await client(args));
    expect(refusal(await client(args))).toMatch(reason);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { newEmail } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';
import { COMMAND, inProject, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
/** A connection to Postgres that is left open would keep the process for ten seconds. */
const END_MAX_MS = 6_000;

describe('the latchkey command while Redis cannot be reached', () => {
  const email = newEmail();
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = serviceEnv(database.url, { REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    const added = await runProgram(COMMAND, ['user', 'add', email], env, 'correct horse battery\n');
    expect(added.code).toBe(0);
  });
  afterAll(() => database?.drop());

  it.each([
    ['explain', ['explain', UNKNOWN]],
    ['user delete', ['user', 'delete', email, '--yes']],
  ])('%s says so and ends at once', async (_name, args) => {
    const child = spawn(process.execPath, [inProject(COMMAND), ...args], {
      env: { PATH: process.env.PATH, ...env },
    });
    const ended = once(child, 'close');
    const [line] = await once(child.stderr, 'data');
    const saidAt = performance.now();
    expect(String(line)).toMatch(/^latchkey: Redis cannot be used: connect ECONNREFUSED [^\n]+\n$/);
    expect((await ended)[0]).toBe(1);
    expect(performance.now() - saidAt).toBeLessThan(END_MAX_MS);
  });
});

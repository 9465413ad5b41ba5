import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { COMMAND, inProject, runShell } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';

describe('the output of a command', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  const latchkey = `${process.execPath} ${inProject(COMMAND)}`;
  const run = (script: string) => runShell(script, serviceEnv(database.url));
  /** What the command says when its reader has gone, and its exit code. */
  const unread = async (args: string) =>
    (await run(`{ ${latchkey} ${args}; echo "code $?" >&2; } | true`)).stderr;

  it('ends quietly if its reader has gone', async () => {
    expect(await unread('client list')).toBe('code 141\n');
  });

  it('ends with one line if it cannot be written', async () => {
    expect(await run(`${latchkey} client list > /dev/full`)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'latchkey: the output cannot be written: ENOSPC: no space left on device, write\n',
    });
  });

  it('is not lost silently if it is a secret', async () => {
    expect(await unread('client add api --permission guard')).toBe(
      'latchkey: the secret was added, but could not be printed (write EPIPE): run "latchkey client rotate api" for another one\ncode 1\n',
    );
    expect((await run(`${latchkey} client list`)).stdout).toMatch(/^api {2}guard .* 1 secret of /);
  });
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { debianProgram } from '../../support/debian-program.js';
import { reapWith } from '../../support/orphan-reaper.js';
import { inProject, MAIN } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { waitUntil } from '../../support/wait-until.js';

describe('the log on a terminal', () => {
  let database: TestDatabase;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => {
    for (const child of started) {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    }
    await database.drop();
  });

  /** Starts the service on a terminal, and returns the line about its listener. */
  const listenerLine = async (env: Record<string, string>) => {
    // Runs the command on a pseudo-terminal.
    const script = await debianProgram('script', 'bsdutils');
    const service = spawn(script, ['-qefc', `exec ${process.execPath} ${inProject(MAIN)}`, '/dev/null'], {
      env: {
        PATH: process.env.PATH,
        ...serviceEnv(database.url, {
          PORT: '0',
          HOST: '127.0.0.1',
          LOG_LEVEL: 'info',
          REDIS_URL: process.env.TEST_REDIS_URL ?? '',
          ...env,
        }),
      },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    reapWith(service);
    started.push(service);
    let output = '';
    service.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const line = () => output.split('\r\n').find((it) => it.includes('Server listening'));
    await waitUntil('the start is logged', () => line() !== undefined, { timeoutMs: 100_000 });
    return line() ?? '';
  };

  it('is readable in development', async () => {
    expect(await listenerLine({})).toMatch(/^\[\d\d:\d\d:\d\d\] \S*INFO\S*: \S*Server listening at http/);
  });

  it('is JSON in production', async () => {
    const line = await listenerLine({ NODE_ENV: 'production' });
    expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: expect.any(String) });
  });
});

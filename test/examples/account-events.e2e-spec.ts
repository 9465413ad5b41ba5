import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type RunningApp, startApp } from '../support/app.js';
import { reapWith } from '../support/orphan-reaper.js';
import { inProject } from '../support/run-program.js';
import { waitUntil } from '../support/wait-until.js';
import { DocumentedPrograms } from './documented-programs.js';

describe('the program in docs/account-events.md', () => {
  const programs = new DocumentedPrograms('docs/account-events.md');
  let service: RunningApp;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(async () => {
    child?.kill();
    programs.remove();
    await service?.close();
  });

  const run = (token: string) => {
    const program = spawn(
      process.execPath,
      [inProject(programs.file('account-events.mjs')), service.url, token],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    reapWith(program);
    child = program;
    const output = { text: '' };
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output.text += text;
      });
    }
    return { output, closed: once(program, 'close') };
  };

  it('reads the events of an account with an access token, until its session ends', async () => {
    const { email, access_token } = await service.api.newcomer();
    const { output, closed } = run(access_token);
    await waitUntil('the stream is open', () => output.text.includes('heartbeat {}'));
    const other = await service.api.session(email);
    await waitUntil('the change', () => output.text.includes('changed {}'));
    await service.api.terminate(other.access_token, '/devices?except=current');
    await closed;
    expect(output.text).toMatch(/ended \{"code":"session_revoked","reason":"\w+"\}\n$/);
  });

  it('names the reason for which the service refuses the token', async () => {
    const { output, closed } = run('nonsense');
    await closed;
    expect(output.text).toContain('Error: invalid_token');
  });
});

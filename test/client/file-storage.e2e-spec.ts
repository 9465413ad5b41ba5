import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '../../packages/client/src/create-client.js';
import { fileStorage } from '../../packages/client/src/node.js';
import { newEmail, PASSWORD } from '../support/api.js';
import { type RunningApp, startApp } from '../support/app.js';
import { reapWith } from '../support/orphan-reaper.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { waitUntil } from '../support/wait-until.js';

const PROGRAM = fileURLToPath(new URL('./file-storage-program.ts', import.meta.url));
const LOADER = new URL('../support/typescript.mjs', import.meta.url).href;
const run = promisify(execFile);

describe('a Node program whose session is in a file', () => {
  let service: RunningApp;
  let proxy: TcpProxy;
  let folder: string;
  let path: string;
  let email: string;

  beforeAll(async () => {
    service = await startApp({ LATCHKEY_ISSUER: 'https://id.example.com' });
    proxy = await TcpProxy.start({ port: Number(new URL(service.url).port) });
    folder = mkdtempSync(join(tmpdir(), 'latchkey-client-'));
  });
  afterAll(async () => {
    await proxy?.stop();
    await service?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    path = join(folder, newEmail(), 'session.json');
    email = newEmail();
    await service.api.register(email);
  });

  const arguments_ = (step: string) => [
    ...['--import', LOADER, PROGRAM, proxy.through(service.url), path, step, email, PASSWORD],
  ];
  const output = async (step: string) => (await run(process.execPath, arguments_(step))).stdout.trim();
  const stored = () =>
    JSON.parse(readFileSync(path, 'utf8')).tokens as {
      session_id: string;
      refresh_token: string;
    };

  function spawnProgram(step: string): ChildProcess {
    const child = spawn(process.execPath, arguments_(step), { stdio: 'ignore' });
    reapWith(child);
    return child;
  }

  it('is still signed in after it was killed in mid-refresh', async () => {
    expect(await output('login')).toBe(email);
    const before = stored();
    const generation = async () =>
      (await service.sql('SELECT refresh_generation FROM sessions WHERE id = $1', [before.session_id]))[0]
        ?.refresh_generation;
    proxy.holdAnswers();
    const child = spawnProgram('refresh');
    await waitUntil('the service has answered', async () => (await generation()) === 1, {
      timeoutMs: 60_000,
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    proxy.breakConnections();
    await proxy.heal();
    expect(stored()).toEqual(before);
    expect(await output('refresh')).toBe(email);
    expect(stored().refresh_token).not.toBe(before.refresh_token);
    // The service has repeated its answer.
    expect(await generation()).toBe(1);
  });

  it('keeps its file private, and leaves no other one', async () => {
    await output('login');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    await output('refresh');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['session.json']);
  });

  it('forgets the session when it has ended, and is the same device after the next login', async () => {
    const client = createClient({ baseUrl: service.url, mode: 'bearer', storage: fileStorage(path) });
    const ends: (string | null)[] = [];
    client.on('session_ended', ({ reason }) => ends.push(reason));
    const first = await client.login({ email, password: PASSWORD, deviceName: 'Build server' });
    const other = await service.api.session(email);
    await service.api.terminate(other.access_token, `/sessions/${first.sessionId}`);
    await expect(client.fetch('/auth/me')).rejects.toMatchObject({ reason: 'terminated' });
    expect(await client.me()).toBeNull();
    expect(ends).toEqual(['terminated']);
    expect(stored()).toBeNull();
    const second = await client.login({ email, password: PASSWORD });
    expect(second.deviceId).toBe(first.deviceId);
    client.close();
  });

  it('ends the session that a new login replaces', async () => {
    const client = createClient({ baseUrl: service.url, mode: 'bearer' });
    await client.login({ email, password: PASSWORD });
    await client.login({ email, password: PASSWORD });
    await waitUntil('one session is left', async () => (await client.sessions.list()).length === 1);
    client.close();
  });

  it('receives account events', async () => {
    const client = createClient({ baseUrl: service.url, mode: 'bearer' });
    await client.login({ email, password: PASSWORD });
    const names: string[][] = [];
    const end = new Promise((resolve) => client.on('session_ended', resolve));
    client.on('account', () => {
      client.devices.list().then(
        (devices) => names.push(devices.map(({ name }) => name)),
        () => {
          // The last read may find that the session has ended.
        },
      );
    });
    const other = await service.api.session(email, { device_name: 'Kitchen tablet' });
    await waitUntil('the device is listed', () => names.at(-1)?.includes('Kitchen tablet'));
    await service.api.terminate(other.access_token, '/devices?except=current');
    expect(await end).toMatchObject({ code: 'session_revoked', reason: 'terminated' });
    client.close();
  });
});

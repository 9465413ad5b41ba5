import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newEmail } from '../../support/api.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

/** The entries of the directories that other users could read, write or open, with their mode. */
function openToOthers(...directories: string[]): string[] {
  return directories
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map((path) => `${(statSync(path).mode & 0o7777).toString(8)} ${path}`);
}

describe('the files of a development service', () => {
  let place: string;
  let service: ServiceProcess | undefined;
  let umask: number;

  beforeEach(() => {
    // The least careful setting, which child processes inherit.
    umask = process.umask(0o000);
    place = mkdtempSync(join(tmpdir(), 'latchkey-files-'));
  });
  afterEach(async () => {
    process.umask(umask);
    await service?.stop();
    rmSync(place, { recursive: true, force: true });
  });

  const start = async (dataDir: string) => {
    service = await ServiceProcess.start({ LATCHKEY_DATA_DIR: dataDir, PASSWORD_HASH_MEMORY_KIB: '64' });
    await service.api.register(newEmail());
    const outbox = join(dataDir, 'outbox');
    await waitUntil('a mail to be written', () => existsSync(outbox) && readdirSync(outbox).length > 0, {
      timeoutMs: 30_000,
    });
  };

  it('are private: the database, its socket, the secret and the mail', async () => {
    const dataDir = join(place, 'data');
    await start(dataDir);
    expect(readdirSync(dataDir).sort()).toEqual(['outbox', 'postgres', 'postgres.json', 'secret', 'socket']);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(openToOthers(dataDir, join(dataDir, 'outbox'))).toEqual([]);
  });

  it('become private if an earlier version left them open', async () => {
    const dataDir = join(place, 'data');
    mkdirSync(join(dataDir, 'outbox'), { recursive: true });
    writeFileSync(join(dataDir, 'secret'), 'a secret of the tests, 32 bytes or more');
    chmodSync(dataDir, 0o755);
    await start(dataDir);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const name of ['outbox', 'postgres', 'secret', 'socket']) {
      expect([name, statSync(join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
    }
  });

  it('leave no TCP port to the database, also where the path of a socket would be too long', async () => {
    const dataDir = join(place, 'd'.repeat(120));
    await start(dataDir);
    const { url } = JSON.parse(readFileSync(join(dataDir, 'postgres.json'), 'utf8')) as { url: string };
    const directory = new URL(url).searchParams.get('host') ?? '';
    expect(directory).toMatch(/^\//);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    await service?.stop();
    service = undefined;
    expect(existsSync(directory)).toBe(false);
  });
});

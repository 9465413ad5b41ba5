import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { edgeCommand } from './edge-command.js';
import type { EdgeSettings } from './edge-settings.js';

const COMPLETE = ['--issuer', 'https://auth.example.com', '--client-id', 'edge', '--audience', 'orders'];
const SECRET = { LATCHKEY_CLIENT_SECRET: 's' };

let directory: string;
const before = { ...process.env };

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-edge-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

afterEach(() => {
  process.env = { ...before };
});

async function run(args: readonly string[], env: Record<string, string> = {}) {
  Object.assign(process.env, env);
  let settings: EdgeSettings | null = null;
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const command = edgeCommand(async (read) => {
    settings = read;
  });
  command.exitOverride().configureOutput({ writeOut: write, writeErr: write });
  const exitCode = await command.parseAsync([...args], { from: 'user' }).then(
    () => 0,
    (error: { exitCode: number }) => error.exitCode,
  );
  return { settings: settings as EdgeSettings | null, output, exitCode };
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

describe('edgeCommand', () => {
  it('needs an issuer, a client, its secret and an audience, and has defaults for the rest', async () => {
    expect((await run(COMPLETE, SECRET)).settings).toMatchObject({
      issuer: 'https://auth.example.com',
      service: ['https://auth.example.com'],
      clientId: 'edge',
      clientSecret: 's',
      audience: ['orders'],
      assertionAudience: 'orders',
      assertionKeys: [],
      whenUnreachable: 'refuse',
      allowInsecure: false,
      host: '127.0.0.1',
      port: 4280,
      socketMode: 0o660,
      origins: [],
      forwardedHops: 1,
    });
  });

  it('reads the environment, and lists that are repeated or separated by commas', async () => {
    const { settings } = await run(['--origin', 'https://a.example/', '--origin', 'https://B.example:8443'], {
      ...SECRET,
      LATCHKEY_ISSUER: 'https://auth.example.com',
      LATCHKEY_CLIENT_ID: 'edge',
      LATCHKEY_AUDIENCE: 'orders, billing',
      LATCHKEY_SERVICE: 'https://one.example,https://two.example',
      LATCHKEY_EDGE_SOCKET_MODE: '0600',
    });
    expect(settings).toMatchObject({
      audience: ['orders', 'billing'],
      assertionAudience: 'orders',
      service: ['https://one.example', 'https://two.example'],
      origins: ['https://a.example', 'https://b.example:8443'],
      socketMode: 0o600,
    });
  });

  it('reads the secret from a file rather than the environment, without the line end', async () => {
    const path = file('secret', 'from a file\n');
    const { settings } = await run([...COMPLETE, '--client-secret-file', path], SECRET);
    expect(settings).toMatchObject({ clientSecret: 'from a file' });
  });

  it('explains every option, and where the secret comes from', async () => {
    const { output, exitCode } = await run(['--help']);
    expect(exitCode).toBe(0);
    for (const text of ['--issuer <url>', 'LATCHKEY_ISSUER', '--sign-in-url', 'LATCHKEY_CLIENT_SECRET']) {
      expect(output).toContain(text);
    }
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ['a missing option', COMPLETE.slice(0, 2), SECRET, "required option '--client-id <id>'"],
    ['no secret', COMPLETE, {}, 'set LATCHKEY_CLIENT_SECRET, or --client-secret-file'],
    ['an empty secret', COMPLETE, { LATCHKEY_CLIENT_SECRET: '' }, 'set LATCHKEY_CLIENT_SECRET'],
    [
      'an unreadable file',
      [...COMPLETE, '--client-secret-file', '/nowhere'],
      {},
      '/nowhere cannot be read (ENOENT)',
    ],
    [
      'a secret as an option',
      [...COMPLETE, '--client-secret', 'x'],
      SECRET,
      "unknown option '--client-secret'",
    ],
    ['an argument', [...COMPLETE, 'start'], SECRET, 'too many arguments'],
    ['a wrong port', [...COMPLETE, '--port', '99999'], SECRET, 'It must be a port from 0 to 65535.'],
    ['a wrong variable', COMPLETE, { LATCHKEY_EDGE_PORT: 'x' }, "from env 'LATCHKEY_EDGE_PORT' is invalid"],
    [
      'an origin with a path',
      [...COMPLETE, '--origin', 'https://a.example/x'],
      SECRET,
      'an origin without a path',
    ],
    [
      'a sign-in page of another scheme',
      [...COMPLETE, '--sign-in-url', 'javascript:x'],
      SECRET,
      'an absolute URL',
    ],
    ['a wrong mode', [...COMPLETE, '--socket-mode', '999'], SECRET, 'three octal digits'],
    ['an empty audience', [...COMPLETE, '--audience', 'a,,b'], SECRET, 'It must not be empty.'],
    [
      'an unknown choice',
      [...COMPLETE, '--when-unreachable', 'x'],
      SECRET,
      'Allowed choices are refuse, allow.',
    ],
  ])('explains %s', async (_, args, env, message) => {
    const { settings, output, exitCode } = await run(args, env);
    expect({ settings, exitCode }).toEqual({ settings: null, exitCode: 1 });
    expect(output).toContain(message);
    expect(output).toContain('latchkey-edge --help');
  });
});

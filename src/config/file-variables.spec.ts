import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from './environment.js';

const read = (env: Record<string, string>) => readEnvironment(env, () => Buffer.alloc(32));
const SECRET = 'a secret in a file, 32 bytes or more';
const CLIENTS = '[{"client_id":"api","client_secrets":["a secret of the api"],"permissions":["guard"]}]';

describe('a variable in a file', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-files-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const file = (content: string | Buffer) => {
    const path = join(directory, 'value');
    writeFileSync(path, content);
    return path;
  };

  it.each([
    ['without a newline', SECRET, SECRET],
    ['with a newline', `${SECRET}\n`, SECRET],
    ['with a newline of Windows', `${SECRET}\r\n`, SECRET],
    ['with two newlines, of which one belongs to it', `${SECRET}\n\n`, `${SECRET}\n`],
    ['with spaces at its ends', ` ${SECRET} `, ` ${SECRET} `],
  ])('is the content of the file, %s', (_title, content, secret) => {
    expect(read({ LATCHKEY_SECRET_FILE: file(content) }).secret.toString()).toBe(secret);
  });

  it.each([
    [
      'DATABASE_URL',
      'postgres://127.0.0.1/latchkey',
      ({ database }: ReturnType<typeof read>) => database.url,
    ],
    ['REDIS_URL', 'redis://127.0.0.1', ({ redis }: ReturnType<typeof read>) => redis?.servers],
    ['SMTP_URL', 'smtp://127.0.0.1', ({ mail }: ReturnType<typeof read>) => mail.smtpUrl],
    ['LATCHKEY_CLIENTS', CLIENTS, ({ clients }: ReturnType<typeof read>) => clients.length],
  ])('can be %s', (name, content, settingOf) => {
    const fromFile = settingOf(read({ [`${name}_FILE`]: file(`${content}\n`) }));
    expect(fromFile).toEqual(settingOf(read({ [name]: content })));
    expect(fromFile).not.toEqual(settingOf(read({})));
  });

  it('fulfils what production requires', () => {
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL_FILE: file('postgres://127.0.0.1/latchkey'),
      LATCHKEY_SECRET: SECRET,
      LATCHKEY_ISSUER: 'https://id.example.com',
    };
    expect(read(env).database.url).toBe('postgres://127.0.0.1/latchkey');
  });

  it('counts as not set if the name of the file is empty', () => {
    expect(read({ LATCHKEY_SECRET_FILE: '', LATCHKEY_SECRET: SECRET }).secret.toString()).toBe(SECRET);
  });

  it('is refused if the variable is set as well', () => {
    expect(() => read({ LATCHKEY_SECRET: SECRET, LATCHKEY_SECRET_FILE: file(SECRET) })).toThrow(
      /^LATCHKEY_SECRET is set, and LATCHKEY_SECRET_FILE as well: remove one of them$/,
    );
  });

  it('is refused, with the names of the variable and the file, if the file cannot be read', () => {
    const missing = join(directory, 'missing');
    expect(() => read({ SMTP_URL_FILE: missing })).toThrow(
      `SMTP_URL cannot be read from SMTP_URL_FILE=${missing}: ENOENT: no such file or directory`,
    );
    expect(() => read({ SMTP_URL_FILE: directory })).toThrow(
      `SMTP_URL cannot be read from SMTP_URL_FILE=${directory}: it is not a regular file`,
    );
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => read({ SMTP_URL_FILE: pipe })).toThrow(
      `SMTP_URL cannot be read from SMTP_URL_FILE=${pipe}: it is not a regular file`,
    );
  });

  it.each([
    ['is empty', ''],
    ['is empty', '\n'],
    ['is not text in UTF-8', Buffer.from([0xff, ...Buffer.from(SECRET)])],
  ])('is refused if the file %s', (fault, content) => {
    const path = file(content);
    expect(() => read({ LATCHKEY_SECRET_FILE: path })).toThrow(
      `LATCHKEY_SECRET cannot be read from LATCHKEY_SECRET_FILE=${path}: the file ${fault}`,
    );
  });

  it('is refused without its content if the content is not valid', () => {
    expect(() => read({ DATABASE_URL_FILE: file('mysql://root:hunter2@db/x') })).toThrow(
      /^DATABASE_URL must be a URL that starts with postgres:\/\/ or postgresql:\/\/, without # in it \(write %23\)$/,
    );
  });
});

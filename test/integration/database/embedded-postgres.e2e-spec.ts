import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Pool } from 'pg';
import { startEmbeddedPostgres } from '../../../src/database/embedded/embedded-postgres.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = `
  const { startEmbeddedPostgres } = await import('./src/database/embedded/embedded-postgres.ts');
  const { url } = await startEmbeddedPostgres(process.env.DATA_DIR, () => {});
  console.log(url);
`;

async function inAnotherProcess(dataDir: string) {
  const child = spawn(
    process.execPath,
    ['--import', './test/support/typescript.mjs', '--input-type=module', '--eval', PROGRAM],
    { cwd: ROOT, env: { ...process.env, DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const kill = async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  return { url, kill };
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded Postgres', () => {
  let dataDir: string;
  let database: Awaited<ReturnType<typeof startEmbeddedPostgres>>;
  let pool: Pool;
  const lines: string[] = [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'latchkey-embedded-'));
    database = await startEmbeddedPostgres(dataDir, (line) => lines.push(line));
    pool = new Pool({ connectionString: database.url, max: 10 });
    await pool.query('CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)');
    await pool.query('INSERT INTO counters VALUES (1, 0)');
  }, 60_000);

  afterAll(async () => {
    await pool.end();
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('reports that it is creating its files, which takes long', () => {
    expect(lines).toEqual([expect.stringContaining('creating')]);
  });

  it('returns to each of many concurrent queries its own values', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const sql = i % 2 ? 'SELECT $1::int AS value' : 'SELECT $1::int AS value, $2::text AS other';
        const { rows } = await pool.query<{ value: number }>(sql, i % 2 ? [i] : [i, 'x']);
        return rows[0]?.value;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('does not mix up the queries of clients that waited for a transaction to end', async () => {
    const holder = await pool.connect();
    await holder.query('BEGIN');
    const waiting = Promise.all(
      ['a', 'b', 'c', 'd'].map(async (text, i) => {
        const sql = `SELECT $1::text AS text ${', $1'.repeat(i)}`;
        return (await pool.query<{ text: string }>(sql, [text])).rows[0]?.text;
      }),
    );
    await sleep(100);
    await holder.query('COMMIT');
    holder.release();
    expect(await waiting).toEqual(['a', 'b', 'c', 'd']);
  });

  it('loses no update when transactions lock the same row', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        const client = await pool.connect();
        await client.query('BEGIN');
        const { rows } = await client.query<{ value: number }>(
          'SELECT value FROM counters WHERE id = $1 FOR UPDATE',
          [1],
        );
        await client.query('UPDATE counters SET value = $1 WHERE id = $2', [(rows[0]?.value ?? 0) + 1, 1]);
        await client.query('COMMIT');
        client.release();
      }),
    );
    expect(await ask(database.url, 'SELECT value FROM counters')).toEqual([{ value: 40 }]);
  });

  it('keeps working after an error, and after a client disconnected during a transaction', async () => {
    await expect(pool.query('SELECT $1::nonsense', [1])).rejects.toThrow(/does not exist/);
    const client = new Client({ connectionString: database.url });
    client.on('error', () => {});
    await client.connect();
    await client.query('BEGIN');
    await client.query('UPDATE counters SET value = 0 WHERE id = $1', [1]);
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    expect((await pool.query('SELECT value FROM counters')).rows).toEqual([{ value: 40 }]);
  });

  it('is shared with a second process, which does not open its files', async () => {
    const other = await inAnotherProcess(dataDir);
    await other.kill();
    expect(other.url).toBe(database.url);
  }, 30_000);

  it('keeps what was committed when its process is killed and another one gets its id', async () => {
    const place = mkdtempSync(join(tmpdir(), 'latchkey-embedded-'));
    const other = await inAnotherProcess(place);
    await ask(other.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await other.kill();
    const ownerFile = join(place, 'postgres.json');
    const left = JSON.parse(readFileSync(ownerFile, 'utf8')) as object;
    writeFileSync(ownerFile, JSON.stringify({ ...left, pid: process.ppid }));

    const again = await startEmbeddedPostgres(place, () => {});
    expect(again.owner).toBeNull();
    expect(await ask(again.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await again.stop();
    rmSync(place, { recursive: true });
  }, 60_000);

  it('is opened by one of two processes that start at once after a crash', async () => {
    const place = mkdtempSync(join(tmpdir(), 'latchkey-embedded-'));
    const crashed = await inAnotherProcess(place);
    await crashed.kill();
    const both = await Promise.all([inAnotherProcess(place), inAnotherProcess(place)]);
    expect(both[0].url).toBe(both[1].url);
    await Promise.all(both.map(({ kill }) => kill()));
    rmSync(place, { recursive: true });
  }, 120_000);
});

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedPostgresFailed } from './embedded-postgres-failed.js';

const STARTING_MS = 30_000;
const ANSWER_MS = 5_000;

/** Which process has a data directory open, told in a file beside it. */
interface Owner {
  readonly pid: number;
  /** Missing while the owner is still starting. */
  readonly url?: string;
}

/**
 * Claims a data directory for this process.
 *
 * @returns null when it is ours now; the URL of the process that serves it, otherwise
 * @throws {EmbeddedPostgresFailed} when another process holds it and does not answer
 */
export async function claim(file: string): Promise<string | null> {
  const deadline = performance.now() + STARTING_MS;
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid } satisfies Owner), { flag: 'wx', mode: 0o600 });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = read(file);
    const isStarting = owner !== null && owner.url === undefined && performance.now() < deadline;
    if (owner && isAlive(owner.pid) && isStarting) {
      await sleep(50);
    } else if (owner?.url && isAlive(owner.pid) && (await answers(owner.url, owner.pid))) {
      return owner.url;
    } else {
      rmSync(file, { force: true });
    }
  }
}

export function announce(file: string, url: string): void {
  writeFileSync(file, JSON.stringify({ pid: process.pid, url } satisfies Owner), { mode: 0o600 });
}

export function release(file: string): void {
  rmSync(file, { force: true });
}

function read(file: string): Owner | null {
  try {
    const { pid, url } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>;
    return typeof pid === 'number' ? { pid, ...(typeof url === 'string' ? { url } : {}) } : null;
  } catch {
    // Gone, or cut short by a crash while it was written: nobody holds it.
    return null;
  }
}

/** Our own number in a file that we did not write is left from an earlier process, as in a container. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string, pid: number): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // Nobody listens there: the number belongs to some other process by now.
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    // To open the files a second time would destroy them.
    throw new EmbeddedPostgresFailed(
      `the embedded Postgres of process ${pid} does not answer: end that process first`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

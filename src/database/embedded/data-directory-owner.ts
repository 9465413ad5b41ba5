import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EmbeddedPostgresFailed } from '../start-errors.js';

const STARTING_MS = 30_000;
const ANSWER_MS = 5_000;

/** The process that has a data directory open, as recorded in a file next to the directory. */
interface Owner {
  readonly pid: number;
  /** Of its Postgres; missing while it is starting. */
  readonly url?: string;
  /** Where it serves HTTP, if it is a service that listens. */
  readonly serviceUrl?: string;
}

export type ServingOwner = Owner & { readonly url: string };

/**
 * Claims a data directory for this process.
 *
 * @returns `null` if this process owns it now, otherwise the process that serves it
 * @throws {EmbeddedPostgresFailed} when another process owns it and does not answer
 */
export async function claim(file: string): Promise<ServingOwner | null> {
  const deadline = performance.now() + STARTING_MS;
  while (!create(file, { pid: process.pid })) {
    const text = read(file);
    const owner = parse(text);
    const isStarting = owner !== null && owner.url === undefined && performance.now() < deadline;
    if (owner && isAlive(owner.pid) && isStarting) {
      await sleep(50);
    } else if (isServing(owner) && isAlive(owner.pid) && (await answers(owner.url, owner.pid))) {
      return owner;
    } else {
      removeStale(file, text);
    }
  }
  return null;
}

export function announce(file: string, urls: Omit<ServingOwner, 'pid'>): void {
  const unfinished = writeBeside(file, { pid: process.pid, ...urls });
  renameSync(unfinished, file);
}

export function release(file: string): void {
  rmSync(file, { force: true });
}

/** Written elsewhere and then linked, so that no process ever reads an incomplete file. */
function create(file: string, owner: Owner): boolean {
  const unfinished = writeBeside(file, owner);
  try {
    return linkUnlessTaken(unfinished, file);
  } finally {
    rmSync(unfinished);
  }
}

/** Removes what a dead process left behind, but not the claim of a process that was faster than this one. */
function removeStale(file: string, staleText: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== staleText) linkUnlessTaken(aside, file);
  rmSync(aside);
}

function writeBeside(file: string, owner: Owner): string {
  const unfinished = `${file}.${randomUUID()}`;
  writeFileSync(unfinished, JSON.stringify(owner), { mode: 0o600 });
  return unfinished;
}

function linkUnlessTaken(existing: string, file: string): boolean {
  try {
    linkSync(existing, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Empty when the owner has just released it. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return '';
  }
}

function parse(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Owner;
    return typeof owner.pid === 'number' ? owner : null;
  } catch {
    // Not written by this version: no running process owns it.
    return null;
  }
}

function isServing(owner: Owner | null): owner is ServingOwner {
  return typeof owner?.url === 'string';
}

/** Our own process id in a file that we did not write is left from an earlier process, as in a restarted container. */
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
    // Nothing listens there: another process has that id now.
    if (['ECONNREFUSED', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    // Opening the files twice would destroy them.
    throw new EmbeddedPostgresFailed(
      `the embedded Postgres of process ${pid} does not answer: stop that process first`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

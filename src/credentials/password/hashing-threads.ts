import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Options } from '@node-rs/argon2';

export type HashingTask =
  | { readonly hash: string; readonly options: Options }
  | { readonly verify: string; readonly against: string };

type Outcome = { readonly value: string | boolean } | { readonly error: Error };

/** The lowest priority there is: a hash takes what nothing else wants. */
const NICENESS = 19;

// Text, so that it is the same from the source, from the build and in tests. On Linux each thread has a priority of
// its own; elsewhere, or where it may not be lowered, hashes compete as they always did.
const PROGRAM = `
  const { readlinkSync } = require('node:fs');
  const { setPriority } = require('node:os');
  const { parentPort, workerData } = require('node:worker_threads');
  const { hashSync, verifySync } = require(workerData.argon2);
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').pop()), workerData.niceness);
  } catch {}
  parentPort.on('message', ({ hash, options, verify, against }) => {
    try {
      const value = against === undefined ? hashSync(hash, options) : verifySync(against, verify);
      parentPort.postMessage({ value });
    } catch (error) {
      parentPort.postMessage({ error });
    }
  });`;

const argon2 = createRequire(import.meta.url).resolve('@node-rs/argon2');

/**
 * Threads that hash, below everything else of the process: with as many hashes as cores, each request would
 * otherwise wait for its turn behind them. Threads of libuv's pool cannot be told apart, and do other work too.
 */
export class HashingThreads {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();

  /** As many threads as tasks at once. */
  async run(task: HashingTask): Promise<string | boolean> {
    const thread = this.idle.pop() ?? this.start();
    // Only while it works does it keep the process from ending.
    thread.ref();
    try {
      const outcome = await outcomeOf(thread, task);
      this.idle.push(thread);
      if ('error' in outcome) throw outcome.error;
      return outcome.value;
    } finally {
      thread.unref();
    }
  }

  async stop(): Promise<void> {
    this.idle.length = 0;
    await Promise.all([...this.all].map((thread) => thread.terminate()));
  }

  private start(): Worker {
    const thread = new Worker(PROGRAM, {
      eval: true,
      workerData: { argon2, niceness: NICENESS },
      // None of the hooks that the main thread was started with.
      execArgv: [],
    });
    this.all.add(thread);
    thread.once('exit', () => this.all.delete(thread));
    return thread;
  }
}

/** @throws when the thread ends first */
function outcomeOf(thread: Worker, task: HashingTask): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the thread that hashes has ended'));
    thread.once('error', reject).once('exit', ended);
    thread.once('message', (outcome: Outcome) => {
      thread.off('error', reject).off('exit', ended);
      resolve(outcome);
    });
    thread.postMessage(task);
  });
}

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Options } from '@node-rs/argon2';
import type { Comparison } from './compared-hashes.js';

export type HashingTask =
  | { readonly hash: string; readonly options: Options }
  /** All hashes are computed; the deciding one says whether the password is correct. */
  | { readonly verify: string; readonly against: Comparison };

type Outcome = { readonly value: string | boolean } | { readonly error: Error };

/**
 * Lower than the rest of the process, which gets three times as much of a busy core. With the lowest priority,
 * other work on the machine would stop the logins.
 */
const NICENESS = 5;

// A string, so that the worker needs no separate file in the source, the bundle and the tests (ADR 25). On
// Linux every thread has its own priority. On other systems, or if lowering it fails, hashing has the
// priority of the process.
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
      const value = against === undefined
        ? hashSync(hash, options)
        : against.hashes.map((one) => verifySync(one, verify))[against.deciding];
      parentPort.postMessage({ value });
    } catch (error) {
      parentPort.postMessage({ error });
    }
  });`;

const argon2 = createRequire(import.meta.url).resolve('@node-rs/argon2');

/**
 * Threads that hash at a lower priority than the rest of the process. Otherwise, with as many hashes as
 * cores, every request would wait behind them. Threads of libuv's pool cannot be used for this: they also do
 * other work, at one priority.
 */
export class HashingThreads {
  private readonly idle: Worker[] = [];
  private readonly all = new Set<Worker>();

  /** Starts a thread if all are busy, so the caller must limit the number of concurrent tasks. */
  async run(task: HashingTask): Promise<string | boolean> {
    const thread = this.idle.pop() ?? this.start();
    // The thread keeps the process alive only while it hashes.
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
      // Without the module hooks of the main thread, which the worker does not need.
      execArgv: [],
    });
    this.all.add(thread);
    thread.once('exit', () => this.all.delete(thread));
    return thread;
  }
}

/** @throws {Error} if the thread exits before it answers */
function outcomeOf(thread: Worker, task: HashingTask): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const exited = () => reject(new Error('the hashing thread exited'));
    thread.once('error', reject).once('exit', exited);
    thread.once('message', (outcome: Outcome) => {
      thread.off('error', reject).off('exit', exited);
      resolve(outcome);
    });
    thread.postMessage(task);
  });
}

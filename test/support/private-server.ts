import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { OrphanReaper } from './orphan-reaper.js';
import { processTree, waitUntilStopped } from './process-tree.mjs';
import type { RunAs } from './run-as.js';
import { waitUntil } from './wait-until.js';

const LOG_MAX_LENGTH = 64 * 1024;
const START_TRIES = 3;

/**
 * A server program with its own port and directory, for one test process.
 * It can be stopped, killed, paused and restarted, and it never outlives the process.
 */
export abstract class PrivateServer {
  #process: ChildProcess | null = null;
  #reaper: OrphanReaper | null = null;
  #directory = '';
  #port = 0;
  #log = '';

  protected constructor(
    private readonly kind: string,
    private readonly runAs: RunAs = {},
  ) {}

  abstract get url(): string;

  /** Creates the files that the server needs before its first start. */
  protected abstract prepare(directory: string): Promise<void>;
  protected abstract command(): [program: string, ...args: string[]];
  /** Resolves to true once the server responds to clients; rejects or resolves to false until then. */
  protected abstract answers(): Promise<boolean>;
  /** The signal for a graceful shutdown. */
  protected abstract readonly stopSignal: NodeJS.Signals;

  get port(): number {
    return this.#port;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  get isRunning(): boolean {
    return this.#process !== null;
  }

  /** The most recent output of the server, for error messages and assertions. */
  get log(): string {
    return this.#log;
  }

  protected get directory(): string {
    return this.#directory;
  }

  /** Starts the server; after `stop` or `kill` it uses the same port and files again. */
  async start(): Promise<this> {
    if (this.#process) throw new Error(`the ${this.kind} server is already running`);
    if (this.#directory === '') await this.#settle();
    const firstPort = this.#port;
    for (let tries = 1; ; tries++) {
      this.#port = firstPort || (await freePort());
      try {
        await this.#launch();
        return this;
      } catch (error) {
        // Another process may have taken the port since it was found free.
        if (tries === START_TRIES || firstPort !== 0) throw error;
      }
    }
  }

  /** Shuts the server down gracefully and keeps its files for another `start`. */
  async stop(): Promise<void> {
    if (!this.#process) return;
    this.resume();
    await this.#end(() => this.#process?.kill(this.stopSignal));
  }

  /** Kills the server as a power cut would: SIGKILL to all of its processes. */
  async kill(): Promise<void> {
    if (!this.#process) return;
    await this.#end(() => this.#signal('SIGKILL'));
  }

  /** Suspends every process of the server: the kernel still accepts connections, but nothing responds. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Kills the server and removes its files. */
  async dispose(): Promise<void> {
    await this.kill();
    const reaper = this.#reaper;
    if (!reaper) return;
    this.#reaper = null;
    await reaper.reap();
    this.#directory = '';
    this.#port = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  async #settle(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), `latchkey-${this.kind}-`));
    this.#reaper = new OrphanReaper();
    this.#reaper.removeLater(this.#directory);
    if (this.runAs.uid !== undefined && this.runAs.gid !== undefined) {
      await chown(this.#directory, this.runAs.uid, this.runAs.gid);
    }
    await this.prepare(this.#directory);
  }

  async #launch(): Promise<void> {
    const [program, ...args] = this.command();
    const child = spawn(program, args, {
      ...this.runAs,
      cwd: this.#directory,
      // Outside the terminal's process group: the test handles Ctrl-C.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let exited = false;
    let failure: unknown;
    const gone = () => {
      exited = true;
      if (this.#process === child) this.#process = null;
    };
    child.once('exit', gone);
    child.once('error', (error) => {
      failure = error;
      gone();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-LOG_MAX_LENGTH);
      });
    }
    this.#process = child;
    this.#reaper?.setPid(child.pid);
    try {
      await waitUntil(`the ${this.kind} server answers`, async () => exited || this.answers(), {
        timeoutMs: 30_000,
      });
    } catch (error) {
      await this.kill();
      throw this.#startFailure(error);
    }
    if (exited) throw this.#startFailure(failure);
    // A running server must not keep the test process alive.
    child.unref();
    unref(child.stdout);
    unref(child.stderr);
  }

  #startFailure(cause: unknown): Error {
    return new Error(`the ${this.kind} server did not start: ${this.#log.trim().slice(-2000)}`, { cause });
  }

  async #end(signal: () => void): Promise<void> {
    const child = this.#process;
    if (!child) return;
    child.ref();
    const exit = once(child, 'exit');
    signal();
    const killTimer = setTimeout(() => this.#signal('SIGKILL'), 15_000);
    await exit;
    clearTimeout(killTimer);
    this.#reaper?.setPid(undefined);
  }

  #signal(signal: NodeJS.Signals): void {
    const rootPid = this.#process?.pid;
    if (rootPid === undefined) return;
    // Parents first, and again until the list has no new processes: one that starts during the listing is missing from
    // it, and a process may fork before the signal reaches it.
    const signalled = new Set<number>();
    for (;;) {
      const pids = processTree(rootPid).filter((pid) => !signalled.has(pid));
      if (pids.length === 0) return;
      for (const pid of pids) {
        signalled.add(pid);
        send(signal, pid);
      }
    }
  }
}

function send(signal: NodeJS.Signals, pid: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // A backend may exit between the listing and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
  if (signal === 'SIGSTOP') waitUntilStopped(pid);
}

/** Pipes to a child process are sockets, although their declared type is only a stream. */
function unref(stream: unknown): void {
  if (stream instanceof Socket) stream.unref();
}

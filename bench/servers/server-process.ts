import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench-context.js';
import { onServerCore } from './cores.js';
import { cpuSeconds } from './cpu-seconds.js';

const UNDERTAKER = fileURLToPath(new URL('../../test/support/undertaker.mjs', import.meta.url));
/** Some fill their store with thousands of sessions first. */
const START_TIMEOUT_MS = 180_000;
const OUTPUT_MAX_LENGTH = 16_384;

/** A program that prints `listening on <url>`, on the server's core, with nothing of this process's environment. */
export class ServerProcess {
  #head = '';
  #tail = '';
  readonly #ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.#ended = once(child, 'close');
    // What is logged goes through a pipe, as under a container's runtime, and is read and dropped here.
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => this.#hear(chunk));
    bury(child);
  }

  /** @throws with its output when it does not start */
  static async start(
    bench: Pick<Bench, 'cores'>,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const [program, ...args] = onServerCore(bench.cores, command);
    const child = spawn(program, args, {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (server.url === '') {
      if (child.exitCode !== null || performance.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`${command.join(' ')} did not start:\n${server.output}`);
      }
      await sleep(5);
    }
    return server;
  }

  /** Where it listens; empty before it does. */
  get url(): string {
    return /listening on (http:\/\/[^\s"]+)/.exec(this.#head)?.[1] ?? '';
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The beginning and the end of what it has written. */
  get output(): string {
    return this.#head + this.#tail;
  }

  /** CPU time that it has used so far; NaN where the system does not tell. */
  cpuSeconds(): number {
    return cpuSeconds(this.pid);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    const hurry = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.#ended;
    clearTimeout(hurry);
  }

  #hear(chunk: Buffer): void {
    if (this.#head.length < OUTPUT_MAX_LENGTH) this.#head += chunk.toString();
    else this.#tail = chunk.toString('latin1', Math.max(0, chunk.length - 2_048));
  }
}

/** The undertaker ends it with this run, however the run ends. */
function bury(child: ChildProcess): void {
  const undertaker = spawn(process.execPath, [UNDERTAKER], { stdio: ['pipe', 'ignore', 'ignore'] });
  undertaker.stdin.write(`pid ${child.pid ?? 0}\n`);
  child.once('exit', () => undertaker.stdin.end('pid 0\n'));
}

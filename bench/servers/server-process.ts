import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { reapWith } from '../../test/support/orphan-reaper.js';
import type { Bench } from '../bench-context.js';
import { onServerCore } from './cores.js';
import { cpuSeconds } from './cpu-seconds.js';

/** Some contenders store thousands of sessions before they listen. */
const TIMEOUT_MS = 180_000;
const OUTPUT_MAX_LENGTH = 16_384;

/** A program that prints `listening on <url>`. It runs on the server's core and does not inherit the environment. */
export class ServerProcess {
  #head = '';
  #tail = '';
  readonly #ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.#ended = once(child, 'close');
    // Logs go through a pipe, as they do in a container. They have to be read here, or the server would block.
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => this.#append(chunk));
    reapWith(child);
  }

  /** @throws with the program's output if it does not start */
  static async start(
    bench: Pick<Bench, 'cores'>,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ServerProcess> {
    const [program, ...args] = onServerCore(bench.cores, command);
    const child = spawn(program, args, {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: '0',
        SHUTDOWN_DELAY: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    await server.#waitUntil(`${command.join(' ')} listens`, () => server.url !== '');
    return server;
  }

  /** Empty until the server listens. */
  get url(): string {
    return /listening on (http:\/\/[^\s"]+)/.exec(this.#head)?.[1] ?? '';
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The beginning and the end of its output. */
  get output(): string {
    return this.#head + this.#tail;
  }

  /** CPU time used so far; NaN on systems without `/proc`. */
  cpuSeconds(): number {
    return cpuSeconds(this.pid);
  }

  /** Once per process, and only for programs that listen to this signal. */
  async collectGarbage(): Promise<void> {
    this.child.kill('SIGUSR2');
    await this.#waitUntil('garbage is collected', () => this.output.includes('garbage collected'));
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    const killTimer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.#ended;
    clearTimeout(killTimer);
  }

  async #waitUntil(what: string, isTrue: () => boolean): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    while (!isTrue()) {
      if (this.child.exitCode !== null || performance.now() > deadline) {
        this.child.kill('SIGKILL');
        throw new Error(`waited in vain until ${what}:\n${this.output}`);
      }
      await sleep(5);
    }
  }

  #append(chunk: Buffer): void {
    if (this.#head.length < OUTPUT_MAX_LENGTH) this.#head += chunk.toString();
    else this.#tail = chunk.toString('latin1', Math.max(0, chunk.length - 2_048));
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';
import { reapWith } from './orphan-reaper.js';
import { waitUntil } from './wait-until.js';

const START_TIMEOUT_MS = 120_000;
/** Characters of its output in an error. */
const MAX_SHOWN = 4_000;

/** Options of `node` to run a program that uses the packages of the workspace: from their source. */
export const FROM_SOURCE = ['--import', new URL('./typescript.mjs', import.meta.url).href];

export interface ExampleCommand {
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
  /** The whole environment, but for `PATH` and `PORT`. */
  readonly env: Record<string, string>;
}

/** A program that listens on the port in the variable `PORT`, such as one of the examples. */
export class ExampleProcess {
  #output = '';

  private constructor(
    readonly port: number,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    reapWith(child);
  }

  /**
   * Starts a program for Node, and waits until it accepts connections.
   *
   * @param file from the root of the project: `examples/fastify/server.js`. Its directory becomes the working directory
   * @param env the whole environment, but for `PATH` and `PORT`
   * @throws with its output when it ends, or accepts none
   */
  static start(file: string, env: Record<string, string>): Promise<ExampleProcess> {
    const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
    const command = [process.execPath, ...FROM_SOURCE, path] as const;
    return ExampleProcess.startCommand({ command: [...command], directory: dirname(path), env });
  }

  /** @throws with its output when it ends, or accepts no connections */
  static async startCommand(
    { command: [program, ...args], directory, env }: ExampleCommand,
    port?: number,
  ): Promise<ExampleProcess> {
    const listensOn = port ?? (await freePort());
    const child = spawn(program, args, {
      cwd: directory,
      env: { PATH: process.env.PATH, PORT: String(listensOn), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A shell does not pass signals on to the program that it runs.
      detached: true,
    });
    const example = new ExampleProcess(listensOn, child);
    await example.#listening();
    return example;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Stops it as a process manager does. @returns its exit code; `null` if a signal ended it */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit') as Promise<[number | null]>;
    this.#signal('SIGTERM');
    const [code] = await exit;
    return code;
  }

  async #listening(): Promise<void> {
    const hasEnded = () => this.child.exitCode !== null;
    await waitUntil('the program to listen, or to end', () => hasEnded() || acceptsConnections(this.port), {
      timeoutMs: START_TIMEOUT_MS,
      everyMs: 100,
    }).catch((error: unknown) => {
      this.#signal('SIGKILL');
      throw new Error(this.#output.slice(-MAX_SHOWN), { cause: error });
    });
    if (hasEnded()) throw new Error(`the program ended:\n${this.#output.slice(-MAX_SHOWN)}`);
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }
}

async function acceptsConnections(port: number): Promise<boolean> {
  const socket = connect(port, 'localhost');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

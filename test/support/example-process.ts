import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.js';
import { reapWith } from './orphan-reaper.js';
import { waitUntil } from './wait-until.js';

const START_TIMEOUT_MS = 90_000;
/** Characters of its output in an error. */
const MAX_SHOWN = 4_000;
/** Resolves the packages of the workspace to their source. */
const TYPESCRIPT = new URL('./typescript.mjs', import.meta.url).href;

/** A program that listens on the port in `PORT`, such as one of the examples. */
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
   * Starts a program, and waits until it accepts connections.
   *
   * @param file from the root of the project: `examples/fastify/server.js`. Its directory becomes the working directory
   * @param env the whole environment, but for `PATH` and `PORT`
   * @throws with its output when it ends, or accepts none
   */
  static async start(file: string, env: Record<string, string>): Promise<ExampleProcess> {
    const port = await freePort();
    const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
    const child = spawn(process.execPath, ['--import', TYPESCRIPT, path], {
      cwd: fileURLToPath(new URL('.', new URL(`../../${file}`, import.meta.url))),
      env: { PATH: process.env.PATH, PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const example = new ExampleProcess(port, child);
    await example.#listening();
    return example;
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Everything it has written. */
  get output(): string {
    return this.#output;
  }

  /** Stops it as a process manager does. @returns its exit code; `null` if a signal ended it */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const exit = once(this.child, 'exit') as Promise<[number | null]>;
    this.child.kill('SIGTERM');
    const [code] = await exit;
    return code;
  }

  async #listening(): Promise<void> {
    const hasEnded = () => this.child.exitCode !== null;
    await waitUntil('the example to listen, or to end', () => hasEnded() || acceptsConnections(this.port), {
      timeoutMs: START_TIMEOUT_MS,
      everyMs: 100,
    }).catch((error: unknown) => {
      this.child.kill('SIGKILL');
      throw new Error(this.#output.slice(-MAX_SHOWN), { cause: error });
    });
    if (hasEnded()) throw new Error(`the example ended:\n${this.#output.slice(-MAX_SHOWN)}`);
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

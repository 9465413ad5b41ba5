import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Api } from './api.js';
import { reapWith } from './orphan-reaper.js';
import { inProject, MAIN } from './run-program.js';

/** On a very busy machine. */
const START_TIMEOUT_MS = 180_000;

/** The service, or another server, as a separate process, so that several can be started, paused and killed. */
export class ServiceProcess {
  private output = '';
  private ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk) => this.hear(chunk));
    child.stderr?.on('data', (chunk) => this.hear(chunk));
    this.ended = once(child, 'close').then(([code]) => code as number | null);
    // A test that fails may not stop its service.
    reapWith(child);
  }

  /**
   * Starts without waiting. The environment is `env` alone, with this machine's PATH.
   *
   * @param before URLs of modules that are run before the program, which then starts from its source
   * @param program from the root of the project, with its source; it has to print `listening on <url>`
   */
  static spawn(
    env: Record<string, string>,
    before: readonly string[] = [],
    program?: string,
  ): ServiceProcess {
    if (program === undefined && before.length === 0) {
      return ServiceProcess.run(process.execPath, [inProject(MAIN)], env);
    }
    const modules = [new URL('./typescript.mjs', import.meta.url).href, ...before];
    const imports = modules.flatMap((module) => ['--import', module]);
    return ServiceProcess.run(process.execPath, [...imports, inProject(program ?? 'src/main.ts')], env);
  }

  /** Starts, and waits until it listens. @throws with its output when it does not */
  static async start(
    env: Record<string, string>,
    before: readonly string[] = [],
    program?: string,
  ): Promise<ServiceProcess> {
    return ServiceProcess.spawn(env, before, program).listening();
  }

  /** Starts the built service with another Node.js, and waits until it listens. @throws with its output when it does not */
  static async startWith(node: string, env: Record<string, string>): Promise<ServiceProcess> {
    return ServiceProcess.run(node, [inProject(MAIN)], env).listening();
  }

  /** Starts a program of another build, and waits until it listens. */
  static async startBuilt(main: string, env: Record<string, string>): Promise<ServiceProcess> {
    return ServiceProcess.run(process.execPath, [main], env).listening();
  }

  private static run(node: string, args: string[], env: Record<string, string>): ServiceProcess {
    return new ServiceProcess(
      spawn(node, args, {
        env: { PATH: process.env.PATH, PORT: '0', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  async listening(): Promise<this> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (this.url === '') {
      if (this.child.exitCode !== null || performance.now() > deadline) {
        this.kill();
        throw new Error(`the server did not start:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.letGo();
    return this;
  }

  /** Where it listens; empty before it does. As an address, because some tests connect to it with a bare socket. */
  get url(): string {
    return (
      /listening on (\S+:\S+|\/\S+)/.exec(this.output)?.[1]?.replace('//localhost:', '//127.0.0.1:') ?? ''
    );
  }

  get api(): Api {
    return new Api(this.url);
  }

  /** Everything it has written. */
  get log(): string {
    return this.output;
  }

  /** Resolves with the exit code, or `null` after a signal. */
  exit(): Promise<number | null> {
    return this.ended;
  }

  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** It does not keep the test run from ending. */
  private letGo(): void {
    this.child.unref();
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream instanceof Socket) stream.unref();
  }

  private hear(chunk: Buffer): void {
    this.output += chunk.toString();
  }
}

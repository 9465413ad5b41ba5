import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Api } from './api.js';

const UNDERTAKER = fileURLToPath(new URL('undertaker.mjs', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** The service as a process of its own, run from its source, so that several can be started, stalled and killed. */
export class ServiceProcess {
  private output = '';
  private ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (chunk) => this.hear(chunk));
    child.stderr?.on('data', (chunk) => this.hear(chunk));
    this.ended = once(child, 'close').then(([code]) => code as number | null);
    bury(child);
  }

  /**
   * Starts without waiting. The environment is `env` alone, with this machine's PATH.
   *
   * @param before URLs of modules that are run before the service
   */
  static spawn(env: Record<string, string>, before: readonly string[] = []): ServiceProcess {
    const child = spawn(
      process.execPath,
      [
        ...[file('./typescript.mjs'), ...before].flatMap((module) => ['--import', module]),
        fileURLToPath(new URL('../../src/main.ts', import.meta.url)),
      ],
      { env: { PATH: process.env.PATH, PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return new ServiceProcess(child);
  }

  /** Starts, and waits until it listens. @throws with its output when it does not */
  static async start(env: Record<string, string>, before: readonly string[] = []): Promise<ServiceProcess> {
    const service = ServiceProcess.spawn(env, before);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (service.url === '') {
      if (service.child.exitCode !== null || performance.now() > deadline) {
        service.kill();
        throw new Error(`the service did not start:\n${service.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    service.letGo();
    return service;
  }

  /** Where it listens; empty before it does. */
  get url(): string {
    return /listening on (http:\S+)/.exec(this.output)?.[1] ?? '';
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

  /** It keeps no run from ending. */
  private letGo(): void {
    this.child.unref();
    for (const stream of [this.child.stdout, this.child.stderr]) if (stream instanceof Socket) stream.unref();
  }

  private hear(chunk: Buffer): void {
    this.output += chunk.toString();
  }
}

/** A test that fails may forget its service: the undertaker ends it with the run. */
function bury(child: ChildProcess): void {
  const undertaker = spawn(process.execPath, [UNDERTAKER], { stdio: ['pipe', 'ignore', 'ignore'] });
  undertaker.unref();
  if (undertaker.stdin instanceof Socket) undertaker.stdin.unref();
  undertaker.stdin.write(`pid ${child.pid ?? 0}\n`);
  child.once('exit', () => undertaker.stdin.end('pid 0\n'));
}

function file(path: string): string {
  return new URL(path, import.meta.url).href;
}

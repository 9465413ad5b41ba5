import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { reapWith } from '../orphan-reaper.js';
import { spawnSource } from '../run-program.js';
import { waitUntil } from '../wait-until.js';

/** `latchkey-edge` as a separate process. */
export class EdgeProcess {
  #output = '';
  readonly #ended: Promise<number | null>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdin.end();
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.#ended = once(child, 'close').then(([code]) => code as number | null);
    reapWith(child);
  }

  /** Starts from the source and waits until it listens. @throws with its output if it does not */
  static async start(args: readonly string[], env: Record<string, string>): Promise<EdgeProcess> {
    const edge = new EdgeProcess(spawnSource('packages/guard/src/edge.ts', args, env));
    await waitUntil('the edge listens or ends', () => edge.#listens || edge.child.exitCode !== null, {
      timeoutMs: 60_000,
    });
    if (!edge.#listens) throw new Error(`the edge did not start: ${edge.#output}`);
    return edge;
  }

  get #listens(): boolean {
    return this.#output.includes('listening on ');
  }

  get log(): string {
    return this.#output;
  }

  /** `host:port`, or the path of the socket. */
  get address(): string {
    return /listening on (\S+)/.exec(this.#output)?.[1] ?? '';
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with the exit code, or `null` after a signal. */
  exit(): Promise<number | null> {
    return this.#ended;
  }

  stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    return this.#ended;
  }
}

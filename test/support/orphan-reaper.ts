import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('orphan-reaper-process.mjs', import.meta.url));

/** A process that outlives this one just long enough to kill what it left running and to remove its files. */
export class OrphanReaper {
  readonly #process = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'ignore', 'ignore'] });

  constructor() {
    // It does not keep this process running.
    this.#process.unref();
    if (this.#process.stdin instanceof Socket) this.#process.stdin.unref();
  }

  /** Sets the process to kill with its descendants; `undefined` when there is none now. */
  setPid(pid: number | undefined): void {
    this.#process.stdin.write(`pid ${pid ?? 0}\n`);
  }

  removeLater(directory: string): void {
    this.#process.stdin.write(`dir ${directory}\n`);
  }

  /** Does its work now. */
  async reap(): Promise<void> {
    this.#process.ref();
    this.#process.stdin.end();
    if (this.#process.exitCode === null && this.#process.signalCode === null)
      await once(this.#process, 'exit');
  }

  /** Ends without killing anything. */
  dismiss(): void {
    this.#process.stdin.end('pid 0\n');
  }
}

/** Kills a child process with this process, however this process ends. */
export function reapWith(child: ChildProcess): void {
  const reaper = new OrphanReaper();
  reaper.setPid(child.pid);
  child.once('exit', () => reaper.dismiss());
}

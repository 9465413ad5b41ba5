import { execFileSync } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivilegedUser } from './run-as.js';

const CHUNK = Buffer.alloc(65_536);

/** An in-memory file system of a few megabytes that can be filled completely. */
export class SmallDisk {
  private constructor(readonly directory: string) {}

  /** @returns `null` if this process may not mount one */
  static mount(megabytes: number): SmallDisk | null {
    const directory = mkdtempSync(join(tmpdir(), 'latchkey-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', directory], {
        stdio: 'ignore',
      });
    } catch {
      // Not Linux, or not permitted to mount.
      rmSync(directory, { recursive: true });
      return null;
    }
    const { uid, gid } = unprivilegedUser();
    if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
    return new SmallDisk(directory);
  }

  fill(): void {
    const file = openSync(this.filler, 'a');
    try {
      for (const size of [CHUNK.length, 1]) {
        while (writes(file, CHUNK.subarray(0, size)));
      }
    } finally {
      closeSync(file);
    }
  }

  clear(): void {
    rmSync(this.filler, { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.directory]);
    rmSync(this.directory, { recursive: true });
  }

  private get filler(): string {
    return join(this.directory, 'filler');
  }
}

function writes(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

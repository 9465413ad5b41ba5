import { chmodSync, mkdirSync, statSync } from 'node:fs';

const OTHERS = 0o077;
const STICKY = 0o1000;

/**
 * Creates a directory that only this user can open, or closes an existing one to others. A directory of another user, or
 * one that is shared on purpose, such as `/tmp`, stays as it is.
 */
export function privateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const { mode, uid } = statSync(path);
  const isOurs = uid === process.getuid?.();
  if (isOurs && (mode & OTHERS) !== 0 && (mode & STICKY) === 0) chmodSync(path, 0o700);
}

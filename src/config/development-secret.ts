import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateDirectory } from './private-directory.js';

const BYTES = 48;

/** The secret of a development service that has none configured. Created once, so that sessions survive a restart. */
export function developmentSecret(dataDir: string): Buffer {
  const file = join(dataDir, 'secret');
  privateDirectory(dataDir);
  try {
    // `wx`: of two processes that start at once, only one creates it.
    writeFileSync(file, randomBytes(BYTES).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // An older one may be open to others.
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  return readFileSync(file);
}

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where browser tests keep their screenshots. */
export function screenshotFolder(): string {
  const folder = fileURLToPath(new URL('../output/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  return folder;
}

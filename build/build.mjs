// `npm run build`: builds the service and its page into `dist/`, unless they were built from the same files before.
// `--force` builds anyway.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';
import { hashOf, STAMP } from './inputs.mjs';
import { buildPage } from './page.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const stamp = join(DIST, STAMP);

const inputs = hashOf(ROOT);
if (process.argv.includes('--force') || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) {
  console.log('latchkey: building');
  await buildInto(DIST);
}

/** Renames the finished build into place, so that an interrupted one leaves nothing behind that looks built. */
async function buildInto(folder) {
  const unfinished = `${folder}-${randomUUID()}`;
  try {
    await mkdir(unfinished);
    await Promise.all([bundle(unfinished), buildPage(join(unfinished, 'web'))]);
    await writeFile(join(unfinished, STAMP), inputs);
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

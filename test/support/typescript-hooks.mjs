import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

/** Compiled files are kept by what they were made from: a service starts in half the time, and tests start many. */
const KEPT = new URL('../../node_modules/.cache/latchkey-typescript/', import.meta.url);
const COMPILER =
  JSON.stringify(swcOptions) + createRequire(import.meta.url)('@swc/core/package.json').version;

/** Imports name the built file, `./x.js`; its source beside it is `./x.ts`. */
export async function resolve(specifier, context, next) {
  // Workspace packages run from their source.
  const withSource = { ...context, conditions: [...context.conditions, 'source'] };
  try {
    return await next(specifier, withSource);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || !/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
    return next(specifier.replace(/\.js$/, '.ts'), withSource);
  }
}

export async function load(url, context, next) {
  if (!/^file:.*\.ts$/.test(url)) return next(url, context);
  return { format: 'module', source: await compiled(fileURLToPath(url)), shortCircuit: true };
}

async function compiled(filename) {
  const source = await readFile(filename, 'utf8');
  const key = createHash('sha256').update(`${COMPILER}\0${filename}\0${source}`).digest('hex');
  const kept = new URL(`${key}.mjs`, KEPT);
  try {
    return await readFile(kept, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, { ...swcOptions, filename, sourceMaps: 'inline' });
  await mkdir(KEPT, { recursive: true });
  // Renamed into place: another process never reads half a file.
  const unfinished = new URL(`${randomUUID()}.unfinished`, KEPT);
  await writeFile(unfinished, code);
  await rename(unfinished, kept);
  return code;
}

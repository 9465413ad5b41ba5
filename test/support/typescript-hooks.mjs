import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { swcOptions } from '../../build/swc-options.mjs';

/**
 * Compiled files are cached by their content: a service starts in 3.1 s instead of the 4.3 s of @swc-node/register,
 * and tests start many. tsx cannot be used: esbuild emits no metadata of decorators.
 */
const CACHE = new URL('../../node_modules/.cache/latchkey-typescript/', import.meta.url);
const COMPILER =
  JSON.stringify(swcOptions) + createRequire(import.meta.url)('@swc/core/package.json').version;

/** Benchmarks measure packages as they are published. */
const CONDITIONS = process.env.LATCHKEY_PACKAGES === 'built' ? [] : ['latchkey-source'];

/** Imports name the compiled file, `./x.js`, and the source beside it is `./x.ts`; workspace packages export theirs. */
export async function resolve(specifier, context, next) {
  const withSource = { ...context, conditions: [...CONDITIONS, ...context.conditions] };
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
  const cached = new URL(`${key}.mjs`, CACHE);
  try {
    return await readFile(cached, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, { ...swcOptions, filename, sourceMaps: 'inline' });
  await mkdir(CACHE, { recursive: true });
  // Renamed into place, so that another process never reads half a file.
  const unfinished = new URL(`${randomUUID()}.unfinished`, CACHE);
  await writeFile(unfinished, code);
  await rename(unfinished, cached);
  return code;
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult, LoadTarget } from './run-load.js';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('autocannon-run.mjs', import.meta.url));

export async function runAutocannon(
  target: LoadTarget,
  options: LoadOptions,
  turn: number,
): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, [PROGRAM, JSON.stringify({ target, options, turn })]);
  return JSON.parse(stdout) as LoadResult;
}

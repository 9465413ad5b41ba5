import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Aim, Burst, Load } from './load.js';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('autocannon-run.mjs', import.meta.url));

export async function runAutocannon(aim: Aim, burst: Burst, turn: number): Promise<Load> {
  const { stdout } = await run(process.execPath, [PROGRAM, JSON.stringify({ aim, burst, turn })]);
  return JSON.parse(stdout) as Load;
}

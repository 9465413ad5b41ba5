import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult, LoadTarget } from './run-load.js';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('wrk.lua', import.meta.url));

interface WrkResult {
  readonly requests: number;
  readonly micros: number;
  readonly p50: number;
  readonly p99: number;
  readonly bytes: number;
  readonly errors: number;
}

export async function runWrk(
  target: LoadTarget,
  { connections, seconds, checked }: LoadOptions,
  turn: number,
): Promise<LoadResult> {
  const { pathname, search } = new URL(target.url);
  const { stdout } = await run('wrk', [
    ...[
      '-t',
      '1',
      '-c',
      String(connections),
      '-d',
      `${seconds}s`,
      '--timeout',
      '5s',
      '-s',
      SCRIPT,
      target.url,
      '--',
    ],
    ...[
      target.credentialsFile,
      target.method ?? 'GET',
      pathname + search,
      target.body ?? '',
      checked ? (target.expect ?? '') : '',
      String(turn),
    ],
    ...Object.entries(target.headers ?? {}).flat(),
  ]);
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (!line) throw new Error(`wrk did not finish:\n${stdout}`);
  const { requests, micros, p50, p99, bytes, errors } = JSON.parse(line) as WrkResult;
  return {
    requests,
    perSecond: requests / (micros / 1e6),
    p50Ms: p50 / 1e3,
    p99Ms: p99 / 1e3,
    bytes: bytes / requests,
    errors,
  };
}

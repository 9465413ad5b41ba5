// `npm test`: runs jest and closes with one line, `N passed, N failed`, that people and machines can trust.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTests } from './count-tests.mjs';

const chosen = process.argv.slice(2);
// A part of the tests covers a part of the code: only a full run is measured.
const isFullRun = chosen.length === 0;

const directory = mkdtempSync(join(tmpdir(), 'latchkey-jest-'));
const resultFile = join(directory, 'result.json');

const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    createRequire(import.meta.url).resolve('jest/bin/jest'),
    ...(isFullRun ? ['--coverage'] : []),
    ...['--json', '--outputFile', resultFile],
    ...chosen,
  ],
  { cwd: new URL('..', import.meta.url), stdio: ['ignore', 'inherit', 'inherit'] },
);

// The terminal sends Ctrl-C to jest as well; the count is still due.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => jest.kill('SIGTERM'));

jest.on('close', (code) => {
  const { lines, exitCode } = countTests(readResult(), code, isFullRun);
  rmSync(directory, { recursive: true, force: true });
  process.exitCode = exitCode;
  console.log(lines.join('\n'));
});

function readResult() {
  try {
    return JSON.parse(readFileSync(resultFile, 'utf8'));
  } catch {
    // jest ended before it could write it, which the count says.
    return null;
  }
}

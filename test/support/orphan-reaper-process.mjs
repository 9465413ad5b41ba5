// Runs beside one child process of a test. Its standard input is a pipe from the test process, which the system closes
// however that process ends, even by SIGKILL. It then kills the child with its descendants and removes its files.
// Input lines: `pid N` sets the process to kill (0: none), `dir PATH` adds a directory to remove.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { processTree } from './process-tree.mjs';

let rootPid = 0;
const directories = [];

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [verb, value] = line.split(/ (.*)/s);
  if (verb === 'pid') rootPid = Number(value);
  if (verb === 'dir') directories.push(value);
});
lines.on('close', () => {
  const pids = rootPid > 0 ? processTree(rootPid) : [];
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
});
// Ctrl-C reaches the whole process group; the work is done when the pipe closes.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

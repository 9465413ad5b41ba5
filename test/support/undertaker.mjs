// Runs beside one private server. Its standard input is a pipe from the test process, which the system
// closes however that process ends, even by SIGKILL: then the server and its files go too.
// Lines: `pid N` names the server's process of the moment, `dir PATH` what to remove.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { processTree } from './process-tree.mjs';

let pid = 0;
const directories = [];

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [verb, value] = line.split(/ (.*)/s);
  if (verb === 'pid') pid = Number(value);
  if (verb === 'dir') directories.push(value);
});
lines.on('close', () => {
  if (pid > 0) {
    for (const victim of processTree(pid)) {
      try {
        process.kill(victim, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
  for (const directory of directories) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
});
// Ctrl-C reaches the whole process group; the work is done when the pipe closes.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

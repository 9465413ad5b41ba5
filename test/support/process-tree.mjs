import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** In the middle of a write to the disk a process stops late. */
const STOP_TIMEOUT_MS = 2_000;

/**
 * A process and all below it, parents first. (Postgres gives each backend a process group of its own,
 * so that signalling a group does not reach them.)
 *
 * @param {number} root
 * @returns {number[]}
 */
export function processTree(root) {
  const childrenOf = new Map();
  for (const [pid, parent] of parents()) {
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []));
  return tree;
}

/**
 * Waits, without letting anything else run, until a process that was sent SIGSTOP has stopped or is gone.
 *
 * @param {number} pid
 */
export function waitUntilStopped(pid) {
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (!/^[TtZX]?$/.test(stateOf(pid)) && performance.now() < deadline);
}

/** @returns {string} proc(5), `ps(1)`: `T` for a stopped one; empty when there is none */
function stateOf(pid) {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' })
        .trim()
        .slice(0, 1);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).slice(0, 1);
  } catch {
    return '';
  }
}

/** @returns {[pid: number, parent: number][]} */
function parents() {
  // Slim Linux images come without `ps`.
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          // The name in parentheses may hold spaces and parentheses; state and parent follow the last one.
          const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ');
          return [[Number(name), Number(parent)]];
        } catch {
          // It ended between the listing and the reading.
          return [];
        }
      });
  }
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = '0', parent = '0'] = line.trim().split(/\s+/);
      return [Number(pid), Number(parent)];
    });
}

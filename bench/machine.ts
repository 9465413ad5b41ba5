import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { loadGenerator } from './load/load-generator.js';
import type { Cores } from './servers/cores.js';
import type { Stores } from './servers/stores.js';

/** The environment in which the figures were measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** The server under test had one core to itself; the load generator and the stores shared another. */
  readonly pinned: boolean;
  readonly load: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(stores: Stores, cores: Cores | null): Machine {
  return {
    cpu: `${cpus()[0]?.model ?? 'unknown'}${frequency()}`,
    // Not `availableParallelism`, which is 1 after this process has pinned itself to a core.
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    pinned: cores !== null,
    load: loadGenerator(),
    versions: {
      Node: process.versions.node,
      Postgres: stores.postgresVersion,
      Redis: stores.redisVersion,
      ...packages('../', ['@nestjs/core', 'fastify', '@nestjs/passport', 'passport-jwt', 'passport']),
      ...packages('./', [
        '@fastify/passport',
        'better-auth',
        'express',
        'express-session',
        'connect-redis',
        'oidc-provider',
      ]),
    },
  };
}

/** @returns the abbreviated hash, followed by `with changes` if the working tree differs from it */
export function currentCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changes = git(
      'status',
      '--porcelain',
      '--',
      'src',
      'packages',
      'migrations',
      'bench/**.ts',
      'bench/**.mjs',
    );
    return git('rev-parse', '--short=10', 'HEAD') + (changes === '' ? '' : ' with changes');
  } catch {
    return 'unknown';
  }
}

function packages(root: string, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const version = versionIn(new URL(`${root}node_modules/${name}/package.json`, import.meta.url));
    if (version) found[name] = version;
  }
  return found;
}

function versionIn(file: URL): string | null {
  try {
    return (createRequire(import.meta.url)(file.pathname) as { version: string }).version;
  } catch {
    // Not installed.
    return null;
  }
}

function frequency(): string {
  try {
    const mhz = /^cpu MHz\s*:\s*([\d.]+)/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return mhz ? ` at ${(Number(mhz) / 1_000).toFixed(1)} GHz` : '';
  } catch {
    return '';
  }
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { loadGenerator } from './load/load-generator.js';
import type { Cores } from './servers/cores.js';
import type { Stores } from './servers/stores.js';

/** What the figures were measured on, and with. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Server and load had a core each. */
  readonly pinned: boolean;
  readonly load: string;
  readonly versions: Readonly<Record<string, string>>;
}

export function describeMachine(stores: Stores, cores: Cores | null): Machine {
  return {
    cpu: `${cpus()[0]?.model ?? 'unknown'}${frequency()}`,
    // Not `availableParallelism`: this process has pinned itself to one of them.
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    pinned: cores !== null,
    load: loadGenerator(),
    versions: {
      Node: process.versions.node,
      Postgres: stores.postgresVersion,
      Redis: stores.redisVersion,
      ...packages('../', ['@nestjs/core', 'fastify', '@nestjs/passport', 'passport-jwt']),
      ...packages('./', ['better-auth', 'express', 'express-session', 'connect-redis', 'oidc-provider']),
    },
  };
}

/** @returns `commit`, with a mark when files differ from it */
export function currentCommit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changes = git('status', '--porcelain', '--', 'src', 'migrations', 'bench/**.ts', 'bench/**.mjs');
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
    // The contenders are installed only when a section needs them.
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

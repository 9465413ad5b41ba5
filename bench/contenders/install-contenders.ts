import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BENCH = new URL('../', import.meta.url);

/** Installs the packages of the contenders, unless they are installed already. The service needs none of them. */
export function installContenders(say: (line: string) => void): void {
  if (existsSync(new URL('node_modules/better-auth/package.json', BENCH))) return;
  say('installing the contenders (npm ci --prefix bench)');
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefix', fileURLToPath(BENCH)], { stdio: 'inherit' });
}

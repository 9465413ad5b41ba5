import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BENCH = new URL('../', import.meta.url);

/** Installs the packages of the contenders, unless they are installed already. The service needs none of them. */
export function installContenders(say: (line: string) => void): void {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', BENCH), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const isInstalled = (name: string) => existsSync(new URL(`node_modules/${name}/package.json`, BENCH));
  if (Object.keys(dependencies).every(isInstalled)) return;
  say('installing the contenders (npm ci --prefix bench)');
  execFileSync('npm', ['ci', '--ignore-scripts', '--prefix', fileURLToPath(BENCH)], { stdio: 'inherit' });
}

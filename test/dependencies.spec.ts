import { readFileSync } from 'node:fs';
import semver from 'semver';

interface Locked {
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));

describe('the locked dependencies', () => {
  const { engines: supported, allowScripts } = read('package.json');
  const locked: [path: string, Locked][] = Object.entries(read('package-lock.json').packages);

  it('all support the oldest Node that the project supports, so that npm ci prints no warning', () => {
    const oldest = String(semver.minVersion(supported.node));
    const refusing = locked
      .filter(([, { engines }]) => !semver.satisfies(oldest, engines?.node ?? '*'))
      .map(([path, { engines }]) => `${path} needs Node ${engines?.node}`);
    expect(refusing).toEqual([]);
  });

  it('run no install scripts: package.json refuses all, so npm does not ask about them either', () => {
    const names = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(allowScripts).toEqual(Object.fromEntries([...new Set(names)].map((name) => [name, false])));
  });
});

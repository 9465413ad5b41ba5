import { readFileSync } from 'node:fs';
import semver from 'semver';

interface Package {
  readonly engines?: { readonly node?: string };
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));

describe('the oldest Node that the project supports', () => {
  const supported: string = read('package.json').engines.node;
  const oldest = String(semver.minVersion(supported));
  const locked: [path: string, Package][] = Object.entries(read('package-lock.json').packages);

  it('is supported by every dependency, so that npm ci prints no warning', () => {
    const refusing = locked
      .filter(([, { engines }]) => !semver.satisfies(oldest, engines?.node ?? '*'))
      .map(([path, { engines }]) => `${path} needs Node ${engines?.node}`);
    expect(refusing).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';

interface Locked {
  readonly hasInstallScript?: boolean;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));

describe('the install scripts of dependencies', () => {
  const locked: [path: string, Locked][] = Object.entries(read('package-lock.json').packages);

  it('are all refused by package.json, so that npm neither runs them nor asks about them', () => {
    const names = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    const refused = Object.fromEntries([...new Set(names)].map((name) => [name, false]));
    expect(read('package.json').allowScripts).toEqual(refused);
  });
});

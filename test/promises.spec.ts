import { existsSync, readFileSync } from 'node:fs';

const ROOT = new URL('..', import.meta.url);
const TEXT = readFileSync(new URL('docs/promises.md', ROOT), 'utf8');

/** Where the files of a promise are, if its table names no folder: the heading of the column "code" says so. */
function foldersOf(section: string): string[] {
  const folder = /\| code in `([^`]+)` \|/.exec(section)?.[1];
  return ['', ...(folder ? [`${folder}/`] : [])];
}

const rows = TEXT.split(/^## /m).flatMap((section) =>
  [...section.matchAll(/^\| (?!rule|---)(.+) \|$/gm)].map(([, row = '']) => ({
    cells: row.split(' | '),
    folders: foldersOf(section),
  })),
);

describe('docs/promises.md', () => {
  it('names, for each rule, its code and a test', () => {
    expect(rows.length).toBeGreaterThan(40);
    const incomplete = rows.filter(
      ({ cells: [, code = '', test = ''] }) =>
        !/`[\w/.-]+\.(ts|sql)`/.test(code) || !/\.(spec|e2e-spec)\.ts`|\.pml`/.test(test),
    );
    expect(incomplete.map(({ cells }) => cells[0])).toEqual([]);
  });

  it('names files that exist', () => {
    const missing = rows.flatMap(({ cells, folders }) => {
      let directory = '';
      // A name without a folder is beside the one before it.
      return [...cells.join(' ').matchAll(/`([\w/.-]+\.(?:ts|pml))`/g)].flatMap(([, name = '']) => {
        const candidates = [...folders.map((folder) => folder + name), directory + name];
        const found = candidates.find((path) => existsSync(new URL(path, ROOT)));
        if (found) directory = found.slice(0, found.lastIndexOf('/') + 1);
        return found ? [] : [name];
      });
    });
    expect(missing).toEqual([]);
  });
});

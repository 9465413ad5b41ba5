import { readFileSync } from 'node:fs';
import { MUTANTS } from './mutants.js';

/** `npm run mutants` takes too long for every change, so the code that it looks for may have changed since the last run. */
describe('the mutants', () => {
  it.each(MUTANTS.map((mutant) => [`${mutant.file}: ${mutant.name}`, mutant] as const))(
    'have one place to change: %s',
    (_title, { file, search, replacement }) => {
      const source = readFileSync(new URL(`../../src/${file}`, import.meta.url), 'utf8');
      expect(source.split(search)).toHaveLength(2);
      expect(replacement).not.toBe(search);
    },
  );
});

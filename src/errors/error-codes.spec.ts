import { readFileSync } from 'node:fs';
import { ERROR_CODES } from './error-codes.js';

describe('docs/errors.md', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  const explained = sections.map((section) => section.split('\n', 1)[0]);

  it('explains every code, and no other, in the order of the code', () => {
    expect(explained).toEqual(Object.keys(ERROR_CODES));
  });

  it.each(Object.entries(ERROR_CODES))('names the status of %s', (code, { status }) => {
    const section = sections.find((candidate) => candidate.startsWith(`${code}\n`));
    expect(section).toMatch(new RegExp(`^${code}\n+${status}\\. `));
  });
});

import { readFileSync } from 'node:fs';
import { ERROR_CODES } from './error-codes.js';

describe('docs/errors.md', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  const explained = sections.map((section) => section.split('\n', 1)[0]);

  it('documents exactly the codes of ERROR_CODES, in the same order', () => {
    expect(explained).toEqual(Object.keys(ERROR_CODES));
  });

  it.each(Object.entries(ERROR_CODES))('states the status of %s', (code, { status }) => {
    const section = sections.find((candidate) => candidate.startsWith(`${code}\n`));
    expect(section).toMatch(new RegExp(`^${code}\n+${status}\\. `));
  });
});

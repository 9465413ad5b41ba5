import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MAILABLE_EVENTS } from '../policy/mailed-events.js';
import type { Language } from './language.js';
import { acceptedLanguage, isLanguageTag, LANGUAGE_TAGS, LANGUAGES } from './languages.js';
import { pluralOf } from './plural.js';

const PARTS = ['page', 'account', 'links', 'mail'] as const;
const ROOT = new URL('../../', import.meta.url);

/** The paths of all texts, such as `account.devices.active`, with their values. */
function textsOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

function allTexts(language: Language): [string, unknown][] {
  return PARTS.flatMap((part) => textsOf(language[part], part));
}

/** The text with an example for each of its values, which shows where it has them. */
function rendered(text: unknown): string {
  if (typeof text !== 'function') return String(text);
  const values = text.length === 1 ? [7] : [7, 8];
  return [text(...values)].flat().join('');
}

function sourcesOf(folder: string): string {
  const directory = fileURLToPath(new URL(folder, ROOT));
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.spec)\.tsx?$/.test(name))
    .map((name) => readFileSync(`${directory}/${name}`, 'utf8'))
    .join('\n');
}

describe('the catalogues', () => {
  it('are all registered under the name of their file', () => {
    const files = readdirSync(new URL('./catalogues/', import.meta.url)).map((name) =>
      name.replace('.ts', ''),
    );
    expect([...LANGUAGE_TAGS].sort()).toEqual(files.sort());
    for (const tag of LANGUAGE_TAGS) expect(LANGUAGES[tag].about.tag).toBe(tag);
  });

  it.each(LANGUAGE_TAGS)('have the same texts as the English one, and none is empty (%s)', (tag) => {
    const texts = allTexts(LANGUAGES[tag]);
    expect(texts.map(([path]) => path).sort()).toEqual(
      allTexts(LANGUAGES.en)
        .map(([path]) => path)
        .sort(),
    );
    for (const [path, text] of texts) expect([path, rendered(text).trim()]).not.toEqual([path, '']);
  });

  it.each(LANGUAGE_TAGS)('show the same values as the English one (%s)', (tag) => {
    const english = new Map(allTexts(LANGUAGES.en));
    for (const [path, text] of allTexts(LANGUAGES[tag])) {
      if (typeof text !== 'function') continue;
      const numbers = (value: unknown) => new Set(rendered(value).match(/[78]/g));
      expect([path, numbers(text)]).toEqual([path, numbers(english.get(path))]);
    }
  });

  it.each(LANGUAGE_TAGS.filter((tag) => tag !== 'en'))('repeat no English sentence (%s)', (tag) => {
    const english = new Map(allTexts(LANGUAGES.en).map(([path, text]) => [path, rendered(text)]));
    const same = allTexts(LANGUAGES[tag])
      .filter(([path, text]) => rendered(text) === english.get(path))
      .map(([path]) => path);
    // Words and forms that the languages share.
    expect(same).toEqual([
      'page.document.title',
      'page.common.showMoreOf',
      'page.common.place',
      'account.devices.details',
      'account.devices.browser',
      'account.expiry.ok',
      'account.events.ofDevice',
    ]);
  });

  it('have no text that nothing uses', () => {
    const web = sourcesOf('web/src');
    const service = sourcesOf('src/mail') + sourcesOf('src/account');
    // Groups that are read by a code of the service, or as a whole.
    const byCode = ['codes', 'fields', 'passwordReasons', 'endReasons', 'signedOutBecause', 'kinds', 'live'];
    const unused = allTexts(LANGUAGES.en)
      .map(([path]) => path)
      .filter((path) => {
        const [part, ...keys] = path.split('.');
        if (part === 'placeholder' || keys.some((key) => byCode.includes(key))) return false;
        if (path.startsWith('mail.events.')) return false;
        const source = part === 'mail' ? service : web;
        return !new RegExp(`\\b${keys.at(-1)}\\b`).test(source);
      });
    expect(unused).toEqual([]);
  });

  it('have a mail for each event that people are mailed about', () => {
    expect(Object.keys(LANGUAGES.en.mail.events).sort()).toEqual([...MAILABLE_EVENTS].sort());
  });
});

describe('the language of a visitor', () => {
  it.each([
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['DE', 'de'],
    ['fr,en-US;q=0.3', 'en'],
    ['fr', null],
    ['de;q=0, en;q=0.1', 'en'],
    ['', null],
    ['*', null],
    [undefined, null],
    [';;,,q=', null],
    [`${'x,'.repeat(2_000)}de`, 'de'],
  ])('that sends Accept-Language %j is %s', (header, tag) => {
    expect(acceptedLanguage(header?.slice(0, 8_000))).toBe(tag);
  });

  it.each(['', 'fr', 'toString', '__proto__', null, 1])('is not %j', (value) => {
    expect(isLanguageTag(value)).toBe(false);
  });
});

describe('the forms of a number', () => {
  it('follow the rules of the language', () => {
    const polish = pluralOf('pl');
    const forms = { one: '# plik', few: '# pliki', many: '# plików', other: '# pliku' };
    expect([1, 2, 5, 22, 1_000_000].map((count) => polish(count, forms))).toEqual([
      '1 plik',
      '2 pliki',
      '5 plików',
      '22 pliki',
      '1\u00a0000\u00a0000 plików',
    ]);
  });

  it('are those of other numbers where the catalogue has no form of its own', () => {
    expect(pluralOf('en')(1, { other: '# items' })).toBe('1 items');
  });
});

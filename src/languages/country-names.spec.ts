import { countryNames, withCountry } from './country-names.js';

describe('a place in another language', () => {
  it.each([
    ['Munich, Germany', 'DE', 'de-DE', 'Munich, Deutschland'],
    ['Germany', 'DE', 'de-DE', 'Deutschland'],
    ['Washington, D.C., Germany', 'DE', 'de-DE', 'Washington, D.C., Deutschland'],
    ['Lisbon, Portugal', 'PT', 'en-GB', 'Lisbon, Portugal'],
    ['Lisbon, Portugal', 'QX', 'de-DE', 'Lisbon, Portugal'],
    ['Lisbon, Portugal', 'not a code', 'de-DE', 'Lisbon, Portugal'],
  ])('turns %s of %s, for %s, into %s', (place, code, locale, text) => {
    expect(withCountry(place, countryNames(locale)(code))).toBe(text);
  });

  it('finds no comma in the English name of any country, where it would cut the name', () => {
    const nameOf = countryNames('en');
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const known = letters.flatMap((first) => letters.map((second) => nameOf(first + second)));
    expect(known.filter((name) => name?.includes(','))).toEqual([]);
  });
});

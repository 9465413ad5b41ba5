/**
 * Names countries in a language.
 *
 * @param locale BCP 47
 * @returns a function that takes ISO 3166-1 alpha-2 codes, and returns `undefined` for what `Intl` does not know
 */
export function countryNames(locale: string): (code: string) => string | undefined {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' });
  return (code) => {
    try {
      return names.of(code);
    } catch {
      // Not in the form of a code.
      return undefined;
    }
  };
}

/**
 * Replaces the country of a place.
 *
 * @param place `Lisbon, Portugal`, with the English name of the country, which contains no comma; or only the country
 * @param country in another language; `undefined` if it is not known, and the place stays as it is
 */
export function withCountry(place: string, country: string | undefined): string {
  return country ? place.replace(/[^,\s][^,]*$/, () => country) : place;
}

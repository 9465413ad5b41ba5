import { loadOlder, type PagedList, toPage, withNewest } from '../../web/src/api/paged-list.js';

const list = (ids: string, hasMore = true) => ({ entries: [...ids].map((id) => ({ id })), hasMore });
const idsOf = (known: PagedList<{ id: string }> | null) => known?.entries.map(({ id }) => id).join('');

describe('a list in pages', () => {
  it('has more if the service returned more than a page', () => {
    expect(toPage(list('abcdefghijk').entries)).toEqual(list('abcdefghij'));
    expect(toPage(list('abcdefghij').entries)).toEqual(list('abcdefghij', false));
  });

  it('keeps its older entries when its first page has new ones', () => {
    expect(withNewest(null, list('ab'))).toEqual(list('ab'));
    expect(withNewest(list('bcd', false), list('abc'))).toEqual(list('abcd', false));
  });

  it('drops its older entries when some between may be missing', () => {
    expect(withNewest(list('def', false), list('abc'))).toEqual(list('abc'));
    expect(withNewest(list('abc'), list('', false))).toEqual(list('', false));
  });

  it('continues after its last entry', async () => {
    const known = list('abc');
    const load = ({ before }: { before?: string }) =>
      Promise.resolve(before === 'c' ? list('de', false) : null);
    const longer = await loadOlder(() => known, load);
    expect([idsOf(longer), longer?.hasMore]).toEqual(['abcde', false]);
  });

  it('stays as it is when it has changed while a page was loaded', async () => {
    let known = list('abc');
    const load = () => {
      known = list('xyz');
      return Promise.resolve(list('de', false));
    };
    expect(idsOf(await loadOlder(() => known, load))).toBe('xyz');
  });
});

/** The newest entries of a list that the service returns in pages, and whether there are older ones. */
export interface PagedList<T> {
  readonly entries: readonly T[];
  readonly hasMore: boolean;
}

interface Entry {
  readonly id: string;
}

export const PAGE_LENGTH = 10;

/** @param entries one more than a page if there are older ones */
export function toPage<T extends Entry>(entries: readonly T[]): PagedList<T> {
  return { entries: entries.slice(0, PAGE_LENGTH), hasMore: entries.length > PAGE_LENGTH };
}

/** The list after its first page was read again. Older entries stay, unless some between may be missing. */
export function withNewest<T extends Entry>(known: PagedList<T> | null, first: PagedList<T>): PagedList<T> {
  const last = first.entries.at(-1);
  const index = known?.entries.findIndex(({ id }) => id === last?.id) ?? -1;
  if (!known || index < 0) return first;
  return { ...known, entries: [...first.entries, ...known.entries.slice(index + 1)] };
}

export interface PageRequest {
  /** Not asked for by the user, so that it does not count as use of the session. */
  readonly passive?: boolean;
  /** Continues after this entry. */
  readonly before?: string;
}

/** Loads the next page. If the list was read again during that and ends elsewhere, it does not change. */
export async function loadOlder<T extends Entry>(
  known: () => PagedList<T> | null,
  load: (page: PageRequest) => Promise<PagedList<T> | null>,
): Promise<PagedList<T> | null> {
  const before = known()?.entries.at(-1)?.id;
  if (before === undefined) return known();
  const older = await load({ before });
  const current = known();
  if (!older || current?.entries.at(-1)?.id !== before) return current;
  return { ...older, entries: [...current.entries, ...older.entries] };
}

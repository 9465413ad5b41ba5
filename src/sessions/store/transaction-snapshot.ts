/** Which transactions a statement sees (`pg_current_snapshot()`): those before `xmax` that are not in progress. */
export interface Snapshot {
  /** The first id that had not been completed by any transaction. */
  readonly xmax: bigint;
  readonly inProgress: readonly bigint[];
}

/** @param text as Postgres prints it, `xmin:xmax:id,id` */
export function readSnapshot(text: string): Snapshot {
  const [, xmax = '0', inProgress = ''] = text.split(':');
  return { xmax: BigInt(xmax), inProgress: inProgress.split(',').filter(Boolean).map(BigInt) };
}

/**
 * The transactions that the one snapshot does not see and the other may see, as ranges: the first ids, and the ids
 * before which each ends.
 *
 * @param until `null`: now. The end of the last range is `null` then
 */
export function unseenSince(
  { xmax, inProgress }: Snapshot,
  until: Snapshot | null,
): [from: string[], before: (string | null)[]] {
  return [
    [...inProgress, xmax].map(String),
    [...inProgress.map((id) => String(id + 1n)), until && String(until.xmax)],
  ];
}

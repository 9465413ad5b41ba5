/** The times of a session, or of a device, which has no polls. */
interface Activity {
  readonly lastSeenAt: Date;
  readonly polledAt?: Date | null;
}

/** When it was last active, also by a request that a page made by itself. Only uses postpone the idle timeout. */
export function lastActivityAt({ lastSeenAt, polledAt }: Activity): Date {
  return polledAt && polledAt > lastSeenAt ? polledAt : lastSeenAt;
}

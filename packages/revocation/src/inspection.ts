/** What one instance knows of a session, for an operator who asks. Instants are epoch milliseconds. */
export interface Inspection {
  readonly instanceId: string;
  readonly inMemory: boolean;
  /** The last request that this instance granted to it and still remembers. */
  readonly lastGrantedAt: number | null;
  /** Why it is refused here, whatever a cache says; `null` when it is not in the ended set. */
  readonly endedReason: string | null;
  readonly trustsCaches: boolean;
}

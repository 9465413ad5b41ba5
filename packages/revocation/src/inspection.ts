/** What one instance knows about a session, for an operator. Instants are epoch milliseconds. */
export interface Inspection {
  readonly instanceId: string;
  readonly inMemory: boolean;
  /** The last request that this instance granted to the session, as far as memory still has it. */
  readonly lastGrantedAt: number | null;
  /** The reason in the ended set, which overrules every cache; `null` when the set does not have the session. */
  readonly endedReason: string | null;
  readonly trustsCaches: boolean;
}

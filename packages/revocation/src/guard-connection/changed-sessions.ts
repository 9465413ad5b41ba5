/**
 * Sessions whose state has changed without ending: the parent has to be asked before they are accepted. Kept like the
 * ended set, in two generations.
 */
export class ChangedSessions {
  private young = new Map<string, number>();
  private old = new Map<string, number>();
  private count = 0;

  add(sessionIds: readonly string[]): void {
    this.count += 1;
    for (const sessionId of sessionIds) this.young.set(sessionId, this.count);
  }

  has(sessionId: string): boolean {
    return this.changeOf(sessionId) !== undefined;
  }

  /** Identifies the last change; `undefined` when there is none that matters. */
  changeOf(sessionId: string): number | undefined {
    return this.young.get(sessionId) ?? this.old.get(sessionId);
  }

  /** The parent accepts the session, and was asked after this change. A later change still counts. */
  settle(sessionId: string, change: number | undefined): void {
    if (this.changeOf(sessionId) !== change) return;
    this.young.delete(sessionId);
    this.old.delete(sessionId);
  }

  forgetOldest(): void {
    this.old = this.young;
    this.young = new Map();
  }
}

import type { Revocations } from './session-store.js';

/**
 * The one thing that overrules every cache: what ended within the last access-token lifetime.
 * Older ends need no memory, since no unexpired token of theirs is left.
 *
 * Entries are kept in two generations that change places once a lifetime, so that forgetting costs nothing
 * and an entry stays for one lifetime at least and two at most.
 */
export class EndedSet {
  private young = emptyGeneration();
  private old = emptyGeneration();

  /** @param limit entries that may be held while caches are trusted */
  constructor(private readonly limit: number) {}

  add(ends: Revocations): void {
    for (const { sessionId, reason } of ends.sessions) {
      this.young.sessions.set(sessionId, this.reasonOf(sessionId) ?? reason);
    }
    for (const { userId, rolesVersion } of ends.cutOffs) {
      this.young.cutOffs.set(userId, Math.max(rolesVersion, this.cutOffOf(userId)));
    }
  }

  /** Why the session ended, or `undefined` when nothing is known of an end. */
  reasonOf(sessionId: string): string | undefined {
    return this.young.sessions.get(sessionId) ?? this.old.sessions.get(sessionId);
  }

  /** The smallest roles version that a token of this user must carry. */
  cutOffOf(userId: string): number {
    return this.young.cutOffs.get(userId) ?? this.old.cutOffs.get(userId) ?? 0;
  }

  /** To be called once every lifetime of an access token. */
  forgetOldest(): void {
    this.old = this.young;
    this.young = emptyGeneration();
  }

  /** Everything that is remembered. */
  all(): Revocations {
    const sessions = new Map([...this.old.sessions, ...this.young.sessions]);
    const cutOffs = new Map([...this.old.cutOffs, ...this.young.cutOffs]);
    return {
      sessions: [...sessions].map(([sessionId, reason]) => ({ sessionId, reason })),
      cutOffs: [...cutOffs].map(([userId, rolesVersion]) => ({ userId, rolesVersion })),
    };
  }

  get size(): number {
    const { young, old } = this;
    return young.sessions.size + old.sessions.size + young.cutOffs.size + old.cutOffs.size;
  }

  /** A set that has outgrown its memory ends the trust in caches; it never drops an entry for room. */
  get isOverflowing(): boolean {
    return this.size > this.limit;
  }
}

function emptyGeneration() {
  return { sessions: new Map<string, string>(), cutOffs: new Map<string, number>() };
}

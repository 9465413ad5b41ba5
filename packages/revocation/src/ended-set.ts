import type { CutOff, EndedSession, Revocations } from './session-store.js';

/** What a cut-off demands of a user's tokens and sessions. */
export type Minimums = Required<Omit<CutOff, 'userId'>>;

const NO_CUT_OFF: Minimums = { rolesVersion: 0, sessionEpoch: 0 };

/**
 * The sessions that ended within the last access-token lifetime. It overrules every cache. Older ends can be forgotten,
 * since no unexpired token of those sessions is left.
 *
 * Entries are kept in two generations that are rotated once per lifetime. Forgetting therefore costs nothing, and an
 * entry stays for at least one lifetime and at most two.
 */
export class EndedSet {
  private young = emptyGeneration();
  private old = emptyGeneration();
  private listener: (news: Revocations) => void = () => {};

  /** @param limit the most entries with which caches may still be trusted */
  constructor(private readonly limit: number) {}

  /** @param listener receives what the set did not have before, in the same tick, whichever way it was learned */
  onNews(listener: (news: Revocations) => void): void {
    this.listener = listener;
  }

  add(revocations: Revocations): void {
    const sessions = revocations.sessions.filter((session) => this.addSession(session));
    const cutOffs = revocations.cutOffs.filter((cutOff) => this.addCutOff(cutOff));
    if (sessions.length + cutOffs.length > 0) this.listener({ sessions, cutOffs });
  }

  /** Why the session ended, or `undefined` when the set does not have it. */
  reasonOf(sessionId: string): string | undefined {
    return this.young.sessions.get(sessionId) ?? this.old.sessions.get(sessionId);
  }

  /** What tokens and sessions of this user must have at least; zeros when the set has nothing about the user. */
  cutOffOf(userId: string): Minimums {
    return this.young.cutOffs.get(userId) ?? this.old.cutOffs.get(userId) ?? NO_CUT_OFF;
  }

  /** To be called once per access-token lifetime. */
  forgetOldest(): void {
    this.old = this.young;
    this.young = emptyGeneration();
  }

  /** Everything in the set, read as it is taken: what is added meanwhile may be included. */
  *entries(): Generator<Revocations> {
    for (const { sessions, cutOffs } of [this.old, this.young]) {
      for (const [sessionId, reason] of sessions) yield { sessions: [{ sessionId, reason }], cutOffs: [] };
      for (const [userId, minimums] of cutOffs) yield { sessions: [], cutOffs: [{ userId, ...minimums }] };
    }
  }

  /** Everything in the set. */
  all(): Revocations {
    const sessions = new Map([...this.old.sessions, ...this.young.sessions]);
    const cutOffs = new Map([...this.old.cutOffs, ...this.young.cutOffs]);
    return {
      sessions: [...sessions].map(([sessionId, reason]) => ({ sessionId, reason })),
      cutOffs: [...cutOffs].map(([userId, minimums]) => ({ userId, ...minimums })),
    };
  }

  get size(): number {
    const { young, old } = this;
    return young.sessions.size + old.sessions.size + young.cutOffs.size + old.cutOffs.size;
  }

  /** A set over its limit ends the trust in caches. It never drops an entry to make room. */
  get isOverflowing(): boolean {
    return this.size > this.limit;
  }

  /** @returns whether it is new */
  private addSession({ sessionId, reason }: EndedSession): boolean {
    const known = this.reasonOf(sessionId);
    this.young.sessions.set(sessionId, known ?? reason);
    return known === undefined;
  }

  /** @returns whether it demands more than before */
  private addCutOff({ userId, rolesVersion, sessionEpoch = 0 }: CutOff): boolean {
    const known = this.cutOffOf(userId);
    this.young.cutOffs.set(userId, {
      rolesVersion: Math.max(rolesVersion, known.rolesVersion),
      sessionEpoch: Math.max(sessionEpoch, known.sessionEpoch),
    });
    return rolesVersion > known.rolesVersion || sessionEpoch > known.sessionEpoch;
  }
}

function emptyGeneration() {
  return { sessions: new Map<string, string>(), cutOffs: new Map<string, Minimums>() };
}

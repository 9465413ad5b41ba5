import type { CutOff, EndedSession, Revocations } from './session-store.js';

/** What a cut-off demands of a user's tokens and sessions. */
export type Minimums = Required<Omit<CutOff, 'userId'>>;

/** More ends than this at once are a mass, such as a statement by hand. */
const MASS = 100;
const SHARE_OF_MASSES = 0.75;

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
  private unlistedTimes = 0;

  /** @param limit the most entries that are worth their memory */
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

  /** The part of them that the set does not have. */
  newsOf(revocations: Revocations): Revocations {
    return {
      sessions: revocations.sessions.filter(({ sessionId }) => this.reasonOf(sessionId) === undefined),
      cutOffs: revocations.cutOffs.filter((cutOff) => this.isNewCutOff(cutOff)),
    };
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

  /**
   * Whether so many more entries fit. A quarter is kept free of masses, so that what ends one by one after a mass can still
   * be listed.
   */
  hasRoomFor(count: number): boolean {
    return count === 0 || this.size + count <= (count > MASS ? SHARE_OF_MASSES * this.limit : this.limit);
  }

  /** Some sessions have ended that the set does not list. Like an entry, this is remembered for at least one lifetime. */
  addUnlisted(): void {
    this.young.hasUnlisted = true;
    this.unlistedTimes += 1;
  }

  /** Whether a session that is not in the set may have ended within the last lifetime. */
  get hasUnlisted(): boolean {
    return this.young.hasUnlisted || this.old.hasUnlisted;
  }

  /** Grows whenever sessions have ended that are not listed. */
  get unlistedCount(): number {
    return this.unlistedTimes;
  }

  /** A set over its limit ends the trust in it. It never drops an entry to make room. */
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
    const isNew = this.isNewCutOff({ userId, rolesVersion, sessionEpoch });
    const known = this.cutOffOf(userId);
    this.young.cutOffs.set(userId, {
      rolesVersion: Math.max(rolesVersion, known.rolesVersion),
      sessionEpoch: Math.max(sessionEpoch, known.sessionEpoch),
    });
    return isNew;
  }

  private isNewCutOff({ userId, rolesVersion, sessionEpoch = 0 }: CutOff): boolean {
    const known = this.cutOffOf(userId);
    return rolesVersion > known.rolesVersion || sessionEpoch > known.sessionEpoch;
  }
}

function emptyGeneration() {
  return { sessions: new Map<string, string>(), cutOffs: new Map<string, Minimums>(), hasUnlisted: false };
}

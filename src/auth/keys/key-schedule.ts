/** The period in which a key signs. Instants are epoch milliseconds of the database's clock. */
export interface KeyPeriod {
  readonly kid: string;
  readonly signsFrom: number;
  readonly signsUntil: number;
}

export interface KeyScheduleRules {
  /** A key signs for this long. */
  readonly rotationMs: number;
  /** A successor is published at least this long before it signs. */
  readonly aheadMs: number;
  /**
   * A key stays published for this long after it last signed, so that every token it signed can be verified.
   */
  readonly retentionMs: number;
}

export interface KeySchedule {
  /** The key that signs now; `null` if there is none. */
  readonly signing: string | null;
  /** The keys that verifiers need, oldest first. */
  readonly published: readonly string[];
  /** Keys that no valid token is signed with. */
  readonly retired: readonly string[];
  /**
   * The period of a key that must be created now. Its start also ends the period of the key that signs now.
   */
  readonly successor: Omit<KeyPeriod, 'kid'> | null;
}

const HOUR_MS = 3_600_000;
/** Allows for clocks of verifiers, and for an instance that loads the next key one refresh late. */
const LEEWAY_MS = 300_000;

/**
 * @param keyRotationMs how long a key signs before it is replaced
 * @param tokenTtlSeconds lifetime of an access token
 */
export function keyScheduleRules(keyRotationMs: number, tokenTtlSeconds: number): KeyScheduleRules {
  return {
    rotationMs: keyRotationMs,
    // A verifier may lag by one poll of the instance (two seconds) and the max-age of the key set (five
    // minutes). An hour is much more than that; a quarter of the shortest rotation that can be configured (an
    // hour) is still enough.
    aheadMs: Math.min(HOUR_MS, keyRotationMs / 4),
    retentionMs: tokenTtlSeconds * 1000 + LEEWAY_MS,
  };
}

/**
 * Decides which key signs, which keys are published, which can be removed, and whether a new one must be
 * created.
 */
export function keySchedule(keys: readonly KeyPeriod[], now: number, rules: KeyScheduleRules): KeySchedule {
  const byStart = [...keys].sort((a, b) => a.signsFrom - b.signsFrom || (a.kid < b.kid ? -1 : 1));
  // A key whose period has ended keeps signing until the next one starts. The service may have been down for
  // a month, and tokens signed with a key that no verifier has loaded yet would be refused.
  const signing = byStart.findLast((key) => key.signsFrom <= now);
  const isPublished = (key: KeyPeriod) =>
    key === signing || key.signsFrom > now || now < key.signsUntil + rules.retentionMs;
  return {
    signing: signing?.kid ?? null,
    published: byStart.filter(isPublished).map((key) => key.kid),
    retired: byStart.filter((key) => !isPublished(key)).map((key) => key.kid),
    successor: successorPeriod(signing, byStart.at(-1), now, rules),
  };
}

function successorPeriod(
  signing: KeyPeriod | undefined,
  last: KeyPeriod | undefined,
  now: number,
  { rotationMs, aheadMs }: KeyScheduleRules,
): KeySchedule['successor'] {
  // No key signs, so no tokens can be issued: the new key signs at once, although verifiers have not loaded
  // it yet.
  if (!signing) return { signsFrom: now, signsUntil: now + rotationMs };
  const hasSuccessor = last !== signing;
  // Twice as early as necessary: the database may be unavailable for a
  // while.
  if (hasSuccessor || now < signing.signsUntil - 2 * aheadMs) return null;
  const signsFrom = Math.max(signing.signsUntil, now + aheadMs);
  return { signsFrom, signsUntil: signsFrom + rotationMs };
}

/** One signing key's turn. Instants are epoch milliseconds of the database's clock. */
export interface KeyTurn {
  readonly kid: string;
  readonly signsFrom: number;
  readonly signsUntil: number;
}

export interface KeyScheduleRules {
  /** A key signs for this long. */
  readonly rotationMs: number;
  /** A successor is published at least this long before it signs. */
  readonly aheadMs: number;
  /** A key stays published for this long after it last signed: no token of its outlives it. */
  readonly retentionMs: number;
}

export interface KeySchedule {
  /** The key that signs now; `null` when there is none at all. */
  readonly signing: string | null;
  /** What verifiers must know, the oldest first. */
  readonly published: readonly string[];
  /** Keys of which no valid token is left. */
  readonly retired: readonly string[];
  /** The turn of a key that must be made now, which also ends the turn of the one that signs. */
  readonly successor: Omit<KeyTurn, 'kid'> | null;
}

const HOUR_MS = 3_600_000;
/** Verifiers' clocks, and an instance that learns of its successor one refresh late. */
const LEEWAY_MS = 300_000;

/**
 * @param keyRotationMs a signing key is replaced after this long
 * @param tokenTtlSeconds how long an access token is good
 */
export function keyScheduleRules(keyRotationMs: number, tokenTtlSeconds: number): KeyScheduleRules {
  return {
    rotationMs: keyRotationMs,
    // An hour is far more than a verifier may lag: one refresh of the instance (a minute) and the max-age
    // of the key set (five). A quarter of the shortest interval that can be set (an hour) is still enough.
    aheadMs: Math.min(HOUR_MS, keyRotationMs / 4),
    retentionMs: tokenTtlSeconds * 1000 + LEEWAY_MS,
  };
}

/** Decides which key signs, which are published, which can go, and whether a new one must be made. */
export function keySchedule(keys: readonly KeyTurn[], now: number, rules: KeyScheduleRules): KeySchedule {
  const byTurn = [...keys].sort((a, b) => a.signsFrom - b.signsFrom || (a.kid < b.kid ? -1 : 1));
  // A key whose time is up goes on until its successor's turn: the service may have been off for a month, and
  // tokens under a key that no verifier has seen yet would be refused.
  const signing = byTurn.findLast((key) => key.signsFrom <= now);
  const isPublished = (key: KeyTurn) =>
    key === signing || key.signsFrom > now || now < key.signsUntil + rules.retentionMs;
  return {
    signing: signing?.kid ?? null,
    published: byTurn.filter(isPublished).map((key) => key.kid),
    retired: byTurn.filter((key) => !isPublished(key)).map((key) => key.kid),
    successor: successorTurn(signing, byTurn.at(-1), now, rules),
  };
}

function successorTurn(
  signing: KeyTurn | undefined,
  last: KeyTurn | undefined,
  now: number,
  { rotationMs, aheadMs }: KeyScheduleRules,
): KeySchedule['successor'] {
  // Without a key that signs nothing can be issued, so there is nobody to wait for: the first key signs at once.
  if (!signing) return { signsFrom: now, signsUntil: now + rotationMs };
  const hasSuccessor = last !== signing;
  // Twice as early as it has to be: instances look once a minute, and the database may be away for a while.
  if (hasSuccessor || now < signing.signsUntil - 2 * aheadMs) return null;
  const signsFrom = Math.max(signing.signsUntil, now + aheadMs);
  return { signsFrom, signsUntil: signsFrom + rotationMs };
}

/** What the client knows about its session, in its stored form. In cookie mode the tokens are missing, and nothing is stored. */
export interface Tokens {
  readonly session_id: string;
  readonly device_id: string;
  /** Lifetime of the access token in seconds. */
  readonly expires_in: number;
  /** When the answer arrived, by the local clock, which may be wrong; epoch milliseconds. */
  readonly received_at: number;
  readonly access_token?: string;
  readonly refresh_token?: string;
}

/** The device token is kept after a logout: it identifies the device. */
export interface Stored {
  readonly tokens: Tokens | null;
  readonly device_token?: string;
}

export function parseStored(text: string | null): Stored {
  try {
    const stored = JSON.parse(text ?? 'null') as Stored | null;
    if (stored && typeof stored === 'object' && 'tokens' in stored) return stored;
  } catch {
    // Written by another program; the next login replaces it.
  }
  return { tokens: null };
}

/** A token that is about to expire may do so on its way to the service. */
const MARGIN_MS = 30_000;

/**
 * Whether the access token should be refreshed before it is used. Only durations are compared, so a clock that shows a wrong
 * time does not matter. After a jump of the clock the answer may be wrong: the service then refuses the token.
 *
 * @param ageMs since the token was received
 */
export function isExpiring({ expires_in }: Tokens, ageMs: number): boolean {
  const lifetimeMs = expires_in * 1_000;
  return ageMs < 0 || ageMs > lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 4);
}

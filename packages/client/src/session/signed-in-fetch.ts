import { Problem, SessionEnded, Unreachable } from '../errors.js';
import { isStale, refusalIn } from '../problem.js';
import type { Service } from '../service.js';
import { untilUserIsPresent } from '../user-presence.js';
import type { SessionState } from './session-state.js';
import type { SessionTokens } from './session-tokens.js';

const TRIES = 4;
/** The user has just logged in again, and the new tokens have not arrived yet. */
const REPLACED_WAIT_MS = 150;

interface Sent {
  readonly token: string | undefined;
  /** By the monotonic clock. */
  readonly at: number;
}

export interface SessionAccess {
  readonly service: Service;
  readonly store: SessionTokens;
  readonly state: SessionState;
  readonly usesCookies: boolean;
  /** Resolves when the tokens are newer than that. */
  refresh(since: number): Promise<void>;
}

export interface FetchOptions {
  /** Must not keep the session alive: it waits for the user before it refreshes. */
  readonly isPassive?: boolean;
  /** For an answer that is read as a whole. Each request has it, but not the wait for the user. */
  readonly hasTimeout?: boolean;
}

/**
 * Sends a request as the signed-in user. Refreshes before the access token expires, or when it is refused, and then sends
 * the request again.
 *
 * @throws {SessionEnded} only if the service has said that the session is over, or if there was none
 * @throws {Unreachable} if the token has to be refreshed and cannot be now
 */
export async function signedInFetch(
  access: SessionAccess,
  request: Request,
  options: FetchOptions = {},
): Promise<Response> {
  let hasRefreshed = false;
  for (let tries = 1; ; tries++) {
    const sent = await prepare(access, options);
    const copy = request.clone();
    if (sent.token !== undefined) copy.headers.set('authorization', `Bearer ${sent.token}`);
    const response = await (options.hasTimeout
      ? access.service.fetchWithTimeout(copy)
      : access.service.fetch(copy));
    const refusal = await refusalIn(response);
    if (!refusal) return response;
    if (tries < TRIES && (await isOutdated(access, sent))) continue;
    if (tries < TRIES && refusal.reason === 'replaced') {
      await sleep(REPLACED_WAIT_MS * tries);
      continue;
    }
    if (access.service.isOwn(request) && !isStale(refusal)) {
      const end = new SessionEnded(refusal.code, refusal.reason);
      await access.state.end(end);
      throw end;
    }
    // A resource server may be wrong about the session: the service decides, and answers the refresh.
    if (hasRefreshed || tries === TRIES) return response;
    hasRefreshed = true;
    await refreshWhenAllowed(access, sent.at, request.signal, options);
  }
}

async function prepare({ store, state, usesCookies, refresh }: SessionAccess, { isPassive }: FetchOptions) {
  const { tokens } = await store.read();
  if (!tokens && !usesCookies) throw state.lastEnd ?? new SessionEnded('signed_out', null);
  if (tokens && !isPassive && store.isExpiring(tokens)) {
    try {
      await refresh(store.receivedAt(tokens));
    } catch (error) {
      // The token may still be accepted. If not, the refusal leads to another refresh.
      if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
    }
  }
  const current = (await store.read()).tokens;
  return { token: current?.access_token, at: performance.now() } satisfies Sent;
}

/** Whether the refusal is about tokens that have been replaced since. */
async function isOutdated({ store, usesCookies }: SessionAccess, sent: Sent): Promise<boolean> {
  const { tokens } = await store.read();
  if (!tokens) return false;
  return usesCookies ? store.receivedAt(tokens) > sent.at : tokens.access_token !== sent.token;
}

async function refreshWhenAllowed(
  { refresh }: SessionAccess,
  since: number,
  signal: AbortSignal,
  { isPassive }: FetchOptions,
): Promise<void> {
  if (isPassive) await untilUserIsPresent(signal);
  await refresh(since);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

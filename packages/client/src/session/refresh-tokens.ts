import { Problem, SessionEnded, Unreachable } from '../errors.js';
import type { components } from '../openapi.js';
import { isEnded } from '../problem.js';
import type { Service } from '../service.js';
import type { SessionState } from './session-state.js';
import type { SessionTokens } from './session-tokens.js';

export type TokensAnswer = components['schemas']['CookieSessionDto'] &
  Partial<Pick<components['schemas']['LoginAnswerDto'], 'access_token' | 'refresh_token' | 'device_token'>>;

/** An answer that was lost is asked for again at once, because the service then repeats it. */
const TRIES = 2;
/** For the event stream to say why a session has ended whose cookies another answer has cleared. */
const REASON_WAIT_MS = 1_000;

/**
 * Exchanges the refresh token, or the refresh cookie, for new tokens. The token is read before each try: if another tab has
 * exchanged it in between, presenting it again would look like theft.
 *
 * @throws {SessionEnded} only if the service says so
 * @throws {Unreachable | Problem}
 */
export async function refreshTokens(
  service: Service,
  store: SessionTokens,
  state: SessionState,
  usesCookies: boolean,
): Promise<void> {
  const first = await presentedToken(store);
  const endBefore = state.lastEnd;
  for (let tries = 1; ; tries++) {
    const sent = await presentedToken(store);
    // Another tab has new tokens, or logged in again.
    if (sent !== first && sent !== undefined) return;
    if (sent === undefined && !usesCookies) return endSession(state, new SessionEnded('signed_out', null));
    try {
      const body = sent === undefined ? undefined : { refresh_token: sent };
      const { body: answer } = await service.post<TokensAnswer>('/auth/refresh', body);
      // The user may have logged out in between, or another tab has refreshed.
      const isCurrent = (await presentedToken(store)) === sent && state.lastEnd === endBefore;
      if (isCurrent) await acceptTokens(store, state, answer);
      return;
    } catch (error) {
      if (error instanceof Unreachable && error.retryAfterSeconds === null && tries < TRIES) continue;
      if (!(error instanceof Problem)) throw error;
      // The user has just logged in again: this browser has the cookies of the new session.
      if (usesCookies && error.reason === 'replaced') return;
      if ((await presentedToken(store)) !== sent) return;
      if (isEnded(error)) {
        if (usesCookies && error.reason === null && state.signIn === 'signed_in')
          await state.ended(REASON_WAIT_MS);
        if (state.lastEnd !== null && state.lastEnd !== endBefore) throw state.lastEnd;
        return endSession(state, new SessionEnded(error.code, error.reason));
      }
      throw error;
    }
  }
}

/** Saves the tokens before anything uses them: the service repeats an answer only until its tokens are used. */
export async function acceptTokens(
  store: SessionTokens,
  state: SessionState,
  answer: TokensAnswer,
): Promise<void> {
  const { access_token, refresh_token, session_id, device_id, expires_in } = answer;
  const device_token = answer.device_token ?? (await store.read()).device_token;
  const tokens = { session_id, device_id, expires_in, received_at: Date.now(), access_token, refresh_token };
  await store.receive(tokens, device_token);
  state.begin(session_id);
}

async function presentedToken(store: SessionTokens): Promise<string | undefined> {
  return (await store.read()).tokens?.refresh_token;
}

async function endSession(state: SessionState, end: SessionEnded): Promise<never> {
  await state.end(end);
  throw end;
}

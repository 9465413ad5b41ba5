import { Problem } from './errors';
import { refreshSession, toSignedOut } from './refresh';
import { type ApiResponse, type RequestOptions, request } from './request';
import { untilUserIsActive } from './user-activity';

const MAX_TRIES = 4;
/** Another tab has just signed in anew; its cookies are on their way. */
const REPLACED_WAIT_MS = 150;

/**
 * A request of whoever is signed in. Where the access token has run out, gets a new one and asks again.
 *
 * @throws {SignedOut} only when the service has said that the session is over
 * @throws {Problem | Unreachable}
 */
export async function requestWithSession<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<ApiResponse<T>> {
  for (let tries = 1; ; tries++) {
    try {
      return await request<T>(method, path, options);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await recover(error, tries, options.isBackground ?? false);
    }
  }
}

/** Makes another try worth it, or throws. */
async function recover(problem: Problem, tries: number, isBackground: boolean): Promise<void> {
  const mayTry = tries < MAX_TRIES;
  if (problem.reason === 'replaced' && mayTry) return sleep(REPLACED_WAIT_MS * tries);
  const isStale = problem.code === 'invalid_token' || problem.code === 'token_stale';
  if (!isStale || !mayTry) throw toSignedOut(problem) ?? problem;
  // To renew is to use the session.
  if (isBackground) await untilUserIsActive();
  await refreshSession();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

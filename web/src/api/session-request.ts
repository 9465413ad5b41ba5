import { Problem } from './errors';
import { refreshSession, toSignedOut } from './refresh';
import { type ApiResponse, type RequestOptions, request } from './request';
import { untilUserIsActive } from './user-activity';

const MAX_TRIES = 4;
/** Another tab has just signed in again, and its cookies have not arrived yet. */
const REPLACED_WAIT_MS = 150;

/**
 * Sends a request as the signed-in user. If the access token has expired, refreshes it and tries again.
 *
 * @throws {SignedOut} only if the service said that the session has ended
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

/** Returns when the request can be tried again; throws if it cannot. */
async function recover(problem: Problem, tries: number, isBackground: boolean): Promise<void> {
  const mayTry = tries < MAX_TRIES;
  if (problem.reason === 'replaced' && mayTry) return sleep(REPLACED_WAIT_MS * tries);
  const isStale = problem.code === 'invalid_token' || problem.code === 'token_stale';
  if (!isStale || !mayTry) throw toSignedOut(problem) ?? problem;
  // A refresh counts as use of the session, so a background request waits for the user.
  if (isBackground) await untilUserIsActive();
  await refreshSession();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

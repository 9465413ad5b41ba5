import { type Answer, jsonInit } from './service.js';
import { type SessionAccess, signedInFetch } from './session/signed-in-fetch.js';

export interface RequestOptions {
  /** Sent as JSON. */
  readonly body?: object;
  /** Does not count as use of the session. For what the program reads by itself, such as after an `account` event. */
  readonly passive?: boolean;
  /** For routes that need no session, such as those of links in mails: no answer refreshes or ends the session. */
  readonly anonymous?: boolean;
}

/** @throws {Problem | Unreachable | SessionEnded} */
export function jsonRequest<T>(
  access: SessionAccess,
  method: string,
  path: string,
  { body, passive = false, anonymous = false }: RequestOptions = {},
): Promise<Answer<T>> {
  const init = jsonInit(method, body, passive ? { 'latchkey-passive': '1' } : {});
  return access.service.answer<T>(init, path, (request) =>
    anonymous
      ? access.service.fetchWithTimeout(request)
      : signedInFetch(access, request, { isPassive: passive, hasTimeout: true }),
  );
}

/** `enforced`: every instance refuses the session. `pending`: committed, but not yet confirmed by every instance. */
export type RevocationOutcome = 'enforced' | 'pending';

export function revocationOutcome({ status }: Pick<Answer<unknown>, 'status'>): RevocationOutcome {
  return status === 202 ? 'pending' : 'enforced';
}

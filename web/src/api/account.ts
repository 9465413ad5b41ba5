import {
  type EndedSession,
  type Me,
  Problem,
  type RevocationOutcome,
  revocationOutcome,
  type SecurityEvent,
  type UnansweredSignIns,
} from '@latchkey/client/cookie-client';
import { client } from './client';
import { keepsCookies } from './keeps-cookies';
import { PAGE_LENGTH, type PagedList, type PageRequest, toPage } from './paged-list';

/** Also confirms the identity of a user who is signed in: the new session replaces the old one. */
export async function signIn(email: string, password: string): Promise<void> {
  // The service would open a session that nothing could use.
  if (!keepsCookies()) throw new Problem('cookies_not_kept', 400, {}, null);
  await client.login({ email, password });
}

/** The session as far as a request shows it that neither uses nor refreshes it; `null` if none does. */
export async function knownSession(): Promise<Me['session'] | null> {
  try {
    const { body } = await client.request<Me>('GET', '/auth/me', { passive: true, anonymous: true });
    return body.session;
  } catch {
    // The event stream reports the end of the session, and everything else passes.
    return null;
  }
}

/** The service accepts no more in one request. */
const REVOKED_AT_ONCE = 400;

export async function revokeDevices(deviceIds: readonly string[]): Promise<RevocationOutcome> {
  const outcome = await client.devices.terminateSome(deviceIds.slice(0, REVOKED_AT_ONCE));
  if (deviceIds.length <= REVOKED_AT_ONCE) return outcome;
  const next = await revokeDevices(deviceIds.slice(REVOKED_AT_ONCE));
  return next === 'pending' ? next : outcome;
}

/** `null` if the service does not support this list. */
export function endedSessions(page: PageRequest): Promise<PagedList<EndedSession> | null> {
  return nullIfUnsupported(async () => toPage(await client.sessions.ended(withLimit(page))));
}

/** `null` if the service does not support this list. */
export function securityEvents(page: PageRequest): Promise<PagedList<SecurityEvent> | null> {
  return nullIfUnsupported(async () => toPage(await client.securityEvents.list(withLimit(page))));
}

/** `null` if the service does not support this list. */
export function unansweredSignIns(passive: boolean): Promise<UnansweredSignIns | null> {
  return nullIfUnsupported(
    async () =>
      (await client.request<UnansweredSignIns>('GET', '/security-events/unanswered', { passive })).body,
  );
}

/** "It was me", or "This wasn't me", which also signs out the device. */
export async function answerSignIn(eventId: string, isOwn: boolean): Promise<RevocationOutcome> {
  const path = `/security-events/${eventId}/${isOwn ? 'confirm' : 'reject'}`;
  return revocationOutcome(await client.request('POST', path));
}

function withLimit(page: PageRequest) {
  return { ...page, limit: PAGE_LENGTH + 1 };
}

async function nullIfUnsupported<T>(load: () => Promise<T>): Promise<T | null> {
  try {
    return await load();
  } catch (error) {
    const isMissing = error instanceof Problem && ['not_found', 'validation_failed'].includes(error.code);
    if (isMissing) return null;
    throw error;
  }
}

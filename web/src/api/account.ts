import { Problem, SignedOut } from './errors';
import { type ApiResponse, request } from './request';
import { type RevocationOutcome, revocationOutcome } from './revocation-outcome';
import { requestWithSession } from './session-request';
import type { Device, EndedSession, Me, SecurityEvent } from './types';

export async function register(email: string, password: string): Promise<void> {
  await request('POST', '/auth/register', { body: { email, password } });
}

/** Also confirms the identity of a user who is signed in: the new session replaces the old one. */
export async function signIn(email: string, password: string): Promise<void> {
  await request('POST', '/auth/login', { body: { email, password, token_delivery: 'cookie' } });
}

export async function me(isBackground = false): Promise<Me> {
  return (await requestWithSession<Me>('GET', '/auth/me', { isBackground })).body;
}

export async function devices(isBackground: boolean): Promise<readonly Device[]> {
  return (await requestWithSession<{ devices: Device[] }>('GET', '/devices', { isBackground })).body.devices;
}

export async function rename(deviceId: string, name: string): Promise<void> {
  await requestWithSession('PATCH', `/devices/${deviceId}`, { body: { name } });
}

/** Also revokes every other session of the account. */
export async function changePassword(current: string, newPassword: string): Promise<RevocationOutcome> {
  const body = { current_password: current, new_password: newPassword };
  return revocationOutcome(await requestWithSession('POST', '/auth/password/change', { body }));
}

/** Sends another confirmation link. */
export async function resendConfirmation(): Promise<void> {
  await requestWithSession('POST', '/auth/email/resend');
}

export async function signOut(): Promise<void> {
  await revokeOnce(() => requestWithSession('POST', '/auth/logout'));
}

/** @param path `/devices`, `/devices/:id`, `/devices?except=current` or `/sessions/:id` */
export async function revoke(path: string): Promise<RevocationOutcome> {
  return revokeOnce(() => requestWithSession('DELETE', path));
}

/** A session that has already ended, for whatever reason, counts as revoked. */
async function revokeOnce(send: () => Promise<ApiResponse<unknown>>): Promise<RevocationOutcome> {
  try {
    return revocationOutcome(await send());
  } catch (error) {
    const isAlreadyEnded =
      error instanceof SignedOut || (error instanceof Problem && error.code === 'not_found');
    if (isAlreadyEnded) return 'enforced';
    throw error;
  }
}

/** `null` if the service does not support this list. */
export async function endedSessions(isBackground: boolean): Promise<readonly EndedSession[] | null> {
  const response = await nullIfUnsupported(() =>
    requestWithSession<{ sessions: EndedSession[] }>('GET', '/sessions?status=ended&limit=20', {
      isBackground,
    }),
  );
  return response?.body.sessions ?? null;
}

/** `null` if the service does not support this list. */
export async function securityEvents(isBackground: boolean): Promise<readonly SecurityEvent[] | null> {
  const response = await nullIfUnsupported(() =>
    requestWithSession<{ events: SecurityEvent[] }>('GET', '/security-events?limit=20', { isBackground }),
  );
  return response?.body.events ?? null;
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

import { Problem } from './errors';
import { send } from './request';
import { type Enforcement, enforcementOf } from './revocation-outcome';
import { call } from './session-request';
import type { Device, EndedSession, Me, SecurityEvent } from './types';

export async function register(email: string, password: string): Promise<void> {
  await send('POST', '/auth/register', { body: { email, password } });
}

/** Also proves again who somebody is who is signed in: the new session takes the place of the old one. */
export async function signIn(email: string, password: string): Promise<void> {
  await send('POST', '/auth/login', { body: { email, password, token_delivery: 'cookie' } });
}

export async function me(isPassive = false): Promise<Me> {
  return (await call<Me>('GET', '/auth/me', { isPassive })).body;
}

export async function devices(isPassive: boolean): Promise<readonly Device[]> {
  return (await call<{ devices: Device[] }>('GET', '/devices', { isPassive })).body.devices;
}

export async function rename(deviceId: string, name: string): Promise<void> {
  await call('PATCH', `/devices/${deviceId}`, { body: { name } });
}

/** Signs out every other session of the account. */
export async function changePassword(current: string, wanted: string): Promise<Enforcement> {
  const body = { current_password: current, new_password: wanted };
  return enforcementOf(await call('POST', '/auth/password/change', { body }));
}

/** Mails the link to confirm the address again. */
export async function resendConfirmation(): Promise<void> {
  await call('POST', '/auth/email/resend');
}

/** @param path `/devices`, `/devices/:id`, `/devices?except=current`, `/sessions/:id` or `/auth/logout` */
export async function end(path: string): Promise<Enforcement> {
  const method = path === '/auth/logout' ? 'POST' : 'DELETE';
  return enforcementOf(await call(method, path));
}

/** `null` from a service that does not have them. */
export async function endedSessions(isPassive: boolean): Promise<readonly EndedSession[] | null> {
  const answer = await orNull(() =>
    call<{ sessions: EndedSession[] }>('GET', '/sessions?status=ended&limit=20', { isPassive }),
  );
  return answer?.body.sessions ?? null;
}

/** `null` from a service that does not have them. */
export async function securityEvents(isPassive: boolean): Promise<readonly SecurityEvent[] | null> {
  const answer = await orNull(() =>
    call<{ events: SecurityEvent[] }>('GET', '/security-events?limit=20', { isPassive }),
  );
  return answer?.body.events ?? null;
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    const isMissing = error instanceof Problem && ['not_found', 'validation_failed'].includes(error.code);
    if (isMissing) return null;
    throw error;
  }
}

import type { ClientOptions } from './client-options.js';
import { Problem, SessionEnded } from './errors.js';
import { jsonRequest, type RevocationOutcome, revocationOutcome } from './json-request.js';
import type { components } from './openapi.js';
import { isEnded, isStale } from './problem.js';
import { acceptTokens, type TokensAnswer } from './session/refresh-tokens.js';
import type { SessionAccess } from './session/signed-in-fetch.js';
import type { TabBus } from './tabs/tab-bus.js';

type Schemas = components['schemas'];
export type User = Schemas['UserDto'];

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface Login extends Credentials {
  /** Instead of the one in the options of the client. */
  readonly deviceName?: string;
  /** The resource servers that the access tokens are for (RFC 8707). Bearer mode only. */
  readonly resource?: string | readonly string[];
}

export interface SignedIn {
  readonly sessionId: string;
  readonly deviceId: string;
}

/** @throws {Problem | Unreachable} */
export async function register({ service }: SessionAccess, { email, password }: Credentials): Promise<User> {
  return (await service.post<User>('/auth/register', { email, password })).body;
}

/**
 * Opens a session, which replaces the one that this client has.
 *
 * @throws {Problem | Unreachable}
 */
export async function logIn(
  { service, store, state, usesCookies }: SessionAccess,
  { device }: Pick<ClientOptions, 'device'>,
  bus: TabBus,
  { email, password, deviceName = device?.name, resource }: Login,
): Promise<SignedIn> {
  const before = await store.read();
  const request = {
    ...{ email, password, resource, device_name: deviceName, device_token: before.device_token },
    ...(usesCookies && { token_delivery: 'cookie' }),
  };
  const { body } = await service.post<Schemas['LoginAnswerDto']>('/auth/login', request, touchPoints());
  await acceptTokens(store, state, body);
  bus.post({ type: 'signed_in', sessionId: body.session_id });
  const replaced = before.tokens?.refresh_token;
  // In cookie mode the service does this. If it fails, the user still sees the old session in the list of devices.
  if (replaced) void service.post('/auth/logout', { refresh_token: replaced }).catch(() => {});
  return { sessionId: body.session_id, deviceId: body.device_id };
}

/** Tells an iPad from a Mac, whose `User-Agent` it sends. */
function touchPoints(): Record<string, string> {
  const count = globalThis.navigator?.maxTouchPoints;
  return count === undefined ? {} : { 'latchkey-touch-points': String(count) };
}

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
}

/**
 * Ends all sessions of the user, and opens a new one for this client.
 *
 * @throws {Problem | Unreachable | SessionEnded}
 */
export async function changePassword(
  access: SessionAccess,
  bus: TabBus,
  { current, next }: PasswordChange,
): Promise<RevocationOutcome> {
  const answer = await jsonRequest<TokensAnswer>(access, 'POST', '/auth/password/change', {
    body: { current_password: current, new_password: next },
  });
  await acceptTokens(access.store, access.state, answer.body);
  bus.post({ type: 'signed_in', sessionId: answer.body.session_id });
  return revocationOutcome(answer);
}

/**
 * Ends the session at the service.
 *
 * @throws {Problem | Unreachable} then it may still be active, and the user stays signed in
 */
export async function logOut({ service, store, state }: SessionAccess): Promise<void> {
  const { tokens } = await store.read();
  const headers: Record<string, string> = tokens?.access_token
    ? { authorization: `Bearer ${tokens.access_token}` }
    : {};
  try {
    const body = tokens?.refresh_token ? { refresh_token: tokens.refresh_token } : undefined;
    await service.post('/auth/logout', body, headers);
  } catch (error) {
    // It has ended before.
    if (!(error instanceof Problem && (isEnded(error) || isStale(error)))) throw error;
  }
  await state.end(new SessionEnded('session_revoked', 'logout'));
}

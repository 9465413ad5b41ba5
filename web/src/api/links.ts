import {
  Problem,
  type RevocationOutcome,
  revocationOutcome,
  SessionEnded,
} from '@latchkey/client/cookie-client';
import { client } from './client';

const post = <T>(path: string, body: object) => client.request<T>('POST', path, { body, anonymous: true });

/** Requests a password reset link. The response is the same whether or not an account exists. */
export async function forgotPassword(email: string): Promise<void> {
  await post('/auth/password/forgot', { email });
}

/** The address of the account whose password the token resets. @throws {Problem} invalid_link */
export async function resetAccount(token: string): Promise<string> {
  return (await post<{ email: string }>('/auth/password/reset/account', { token })).body.email;
}

/** @throws {Problem} invalid_link; password_rejected, after which the token can still be used */
export async function resetPassword(token: string, newPassword: string): Promise<RevocationOutcome> {
  return revocationOutcome(await post('/auth/password/reset', { token, new_password: newPassword }));
}

/**
 * Confirms with the session of this browser, or with the password if there is one.
 *
 * @throws {Problem} invalid_link; password_required if the browser is not signed in to the account; wrong_password
 */
export async function confirmEmail(token: string, password?: string): Promise<void> {
  const confirm = () => post('/auth/email/confirm', { token, password });
  try {
    await confirm();
  } catch (error) {
    if (password !== undefined || !mayNeedRefresh(error)) throw error;
    await refreshIfSignedIn();
    await confirm();
  }
}

/** An access cookie disappears when its token expires, so a signed-in browser may have only a refresh cookie. */
function mayNeedRefresh(error: unknown): boolean {
  return error instanceof Problem && (error.status === 401 || error.code === 'password_required');
}

async function refreshIfSignedIn(): Promise<void> {
  try {
    await client.refresh();
  } catch (error) {
    if (!(error instanceof SessionEnded)) throw error;
  }
}

/** @throws {Problem} invalid_link */
export async function rejectRegistration(token: string): Promise<RevocationOutcome> {
  return revocationOutcome(await post('/auth/email/reject', { token }));
}

export interface SignInRejection {
  /** Sets a new password. The old one no longer works. */
  readonly resetToken: string;
  readonly outcome: RevocationOutcome;
}

/** @throws {Problem} invalid_link */
export async function rejectSignIn(token: string): Promise<SignInRejection> {
  const response = await post<{ reset_token: string }>('/auth/disown', { token });
  return { resetToken: response.body.reset_token, outcome: revocationOutcome(response) };
}

import { request } from './request';
import { type RevocationOutcome, revocationOutcome } from './revocation-outcome';

/** Requests a password reset link. The response is the same whether or not an account exists. */
export async function forgotPassword(email: string): Promise<void> {
  await request('POST', '/auth/password/forgot', { body: { email } });
}

/** @throws {Problem} invalid_link; password_rejected, after which the token can still be used */
export async function resetPassword(token: string, newPassword: string): Promise<RevocationOutcome> {
  return revocationOutcome(
    await request('POST', '/auth/password/reset', { body: { token, new_password: newPassword } }),
  );
}

/** @throws {Problem} invalid_link */
export async function confirmEmail(token: string): Promise<void> {
  await request('POST', '/auth/email/confirm', { body: { token } });
}

export interface SignInRejection {
  /** Sets a new password. The old one no longer works. */
  readonly resetToken: string;
  readonly outcome: RevocationOutcome;
}

/** @throws {Problem} invalid_link */
export async function rejectSignIn(token: string): Promise<SignInRejection> {
  const response = await request<{ reset_token: string }>('POST', '/auth/disown', { body: { token } });
  return { resetToken: response.body.reset_token, outcome: revocationOutcome(response) };
}

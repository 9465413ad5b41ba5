import { send } from './request';
import { type Enforcement, enforcementOf } from './revocation-outcome';

/** Asks for a link to set a new password. The answer is the same for every address. */
export async function forgotPassword(email: string): Promise<void> {
  await send('POST', '/auth/password/forgot', { body: { email } });
}

/** @throws {Problem} invalid_link; password_rejected, and then the token is good for another try */
export async function resetPassword(token: string, wanted: string): Promise<Enforcement> {
  return enforcementOf(await send('POST', '/auth/password/reset', { body: { token, new_password: wanted } }));
}

/** @throws {Problem} invalid_link */
export async function confirmEmail(token: string): Promise<void> {
  await send('POST', '/auth/email/confirm', { body: { token } });
}

export interface Disowned {
  /** Sets the new password, without which nobody signs in any more. */
  readonly resetToken: string;
  readonly enforcement: Enforcement;
}

/** @throws {Problem} invalid_link */
export async function disown(token: string): Promise<Disowned> {
  const answer = await send<{ reset_token: string }>('POST', '/auth/disown', { body: { token } });
  return { resetToken: answer.body.reset_token, enforcement: enforcementOf(answer) };
}

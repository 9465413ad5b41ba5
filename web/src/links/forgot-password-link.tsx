import { PATHS } from '../paths';
import { SENDS_MAIL } from '../sends-mail';

/** Omitted if the service sends no mail, because a reset needs one. */
export function ForgotPasswordLink() {
  if (!SENDS_MAIL) return null;
  return (
    <p class="aside">
      <a href={PATHS.forgotPassword}>Forgot your password?</a>
    </p>
  );
}

import { messages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
import { PATHS } from '../paths';

/** Omitted if the service sends no mail, because a reset needs one. */
export function ForgotPasswordLink() {
  if (!PAGE_SETTINGS.sendsMail) return null;
  return (
    <p class="aside">
      <a href={PATHS.forgotPassword}>{messages.signIn.forgotPassword}</a>
    </p>
  );
}

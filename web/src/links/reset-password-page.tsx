import { InvalidResetLink, NewPasswordPage } from './new-password-page';
import { useLinkToken } from './use-link-token';

export function ResetPasswordPage() {
  const token = useLinkToken();
  return token === null ? <InvalidResetLink /> : <NewPasswordPage key={token} token={token} />;
}

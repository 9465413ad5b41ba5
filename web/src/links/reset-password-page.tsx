import { NewPassword, NoNewPassword } from './new-password-page';
import { useLinkToken } from './use-link-token';

export function ResetPasswordPage() {
  const token = useLinkToken();
  return token === null ? <NoNewPassword /> : <NewPassword key={token} token={token} />;
}

import { messages } from '../messages';
import { Field } from '../ui/field';

/** Shows which account the password is for, and tells password managers. */
export function AccountEmailField({ email }: { email: string }) {
  return (
    <Field
      label={messages.common.emailAddress}
      name="email"
      type="email"
      autoComplete="username"
      value={email}
      isReadOnly
    />
  );
}

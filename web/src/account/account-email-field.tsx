import { Field } from '../ui/field';

/** Whose password it is, also for programs that keep passwords. */
export function AccountEmailField({ email }: { email: string }) {
  return (
    <Field label="Email address" name="email" type="email" autoComplete="username" value={email} isReadOnly />
  );
}

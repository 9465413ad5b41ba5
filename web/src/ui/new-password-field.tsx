import { useState } from 'preact/hooks';
import { messages } from '../messages';
import { Field } from './field';

interface NewPasswordFieldProps {
  readonly label: string;
  readonly name: string;
  readonly takesFocus?: boolean;
}

/** Lets the user show the password while typing (NIST SP 800-63B; OWASP ASVS 5.0 V6.2.6). */
export function NewPasswordField(props: NewPasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  return (
    <>
      <Field
        {...props}
        type={isShown ? 'text' : 'password'}
        autoComplete="new-password"
        hint={messages.common.passwordHint}
        minLength={8}
      />
      <button type="button" class="link" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
        {messages.common.showPassword}
      </button>
    </>
  );
}

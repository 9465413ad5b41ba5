import { useState } from 'preact/hooks';
import { register, signIn } from '../api/account';
import { forgetEmail, keepEmail, keptEmail } from '../kept-email';
import { ForgotPasswordLink } from '../links/forgot-password-link';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { NewPasswordField } from '../ui/new-password-field';
import { SingleTaskPage } from '../ui/single-task-page';

interface SignInViewProps {
  /** Why the user was signed out a moment ago. */
  readonly notice: string | null;
  readonly email: string;
  readonly onSignedIn: () => Promise<void>;
}

export function SignInView({ notice, email, onSignedIn }: SignInViewProps) {
  const [isNew, setIsNew] = useState(false);
  const title = isNew ? 'Create an account' : 'Sign in';
  return (
    <SingleTaskPage title={title} notice={notice}>
      <CredentialsForm key={title} isNew={isNew} email={email} title={title} onSignedIn={onSignedIn} />
      {!isNew && <ForgotPasswordLink />}
      <p class="aside">
        {isNew ? 'Already have an account?' : 'New here?'}{' '}
        <button type="button" class="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </SingleTaskPage>
  );
}

interface CredentialsFormProps {
  readonly isNew: boolean;
  readonly email: string;
  readonly title: string;
  readonly onSignedIn: () => Promise<void>;
}

function CredentialsForm({ isNew, email, title, onSignedIn }: CredentialsFormProps) {
  const known = email || keptEmail();
  const password = { label: 'Password', name: 'password', takesFocus: known !== '' };
  return (
    <Form
      submitLabel={title}
      onSubmit={async ({ email: address = '', password = '' }) => {
        if (isNew) await register(address, password);
        await signIn(address, password);
        forgetEmail();
        await onSignedIn();
      }}
    >
      <Field
        label="Email address"
        name="email"
        type="email"
        autoComplete="username"
        value={known}
        takesFocus={known === ''}
        onValue={keepEmail}
      />
      {isNew ? (
        <NewPasswordField {...password} />
      ) : (
        <Field {...password} type="password" autoComplete="current-password" />
      )}
    </Form>
  );
}

import { useState } from 'preact/hooks';
import { signIn } from '../api/account';
import { client } from '../api/client';
import { keepChosenLanguage } from '../api/language';
import { forgetEmail, keepEmail, keptEmail } from '../kept-email';
import { ForgotPasswordLink } from '../links/forgot-password-link';
import { messages } from '../messages';
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
  const title = isNew ? messages.signIn.createAccount : messages.common.signIn;
  return (
    <SingleTaskPage title={title} notice={notice}>
      <CredentialsForm key={title} isNew={isNew} email={email} title={title} onSignedIn={onSignedIn} />
      {!isNew && <ForgotPasswordLink />}
      <p class="aside">
        {isNew ? messages.signIn.hasAccount : messages.signIn.isNew}{' '}
        <button type="button" class="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? messages.common.signIn : messages.signIn.createAccount}
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
  const password = { label: messages.common.password, name: 'password', takesFocus: known !== '' };
  return (
    <Form
      submitLabel={title}
      onSubmit={async ({ email: address = '', password = '' }) => {
        if (isNew) await client.register({ email: address, password });
        await signIn(address, password);
        await keepChosenLanguage();
        forgetEmail();
        await onSignedIn();
      }}
    >
      <Field
        label={messages.common.emailAddress}
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

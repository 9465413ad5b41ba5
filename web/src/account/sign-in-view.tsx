import { useState } from 'preact/hooks';
import { register, signIn } from '../api/account';
import { PATHS } from '../paths';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { NewPasswordField } from '../ui/new-password-field';
import { PlainPage } from '../ui/single-task-page';

interface EntranceViewProps {
  /** Why somebody is here who was inside a moment ago. */
  readonly notice: string | null;
  readonly email: string;
  readonly onEntered: () => Promise<void>;
}

/** Signing in, and registering. */
export function EntranceView({ notice, email, onEntered }: EntranceViewProps) {
  const [isNew, setIsNew] = useState(false);
  const title = isNew ? 'Create an account' : 'Sign in';
  return (
    <PlainPage title={title} notice={notice}>
      <EntranceForm key={title} isNew={isNew} email={email} title={title} onEntered={onEntered} />
      {!isNew && (
        <p class="aside">
          <a href={PATHS.forgotPassword}>Forgot your password?</a>
        </p>
      )}
      <p class="aside">
        {isNew ? 'Have an account?' : 'New here?'}{' '}
        <button type="button" class="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </PlainPage>
  );
}

interface EntranceFormProps {
  readonly isNew: boolean;
  readonly email: string;
  readonly title: string;
  readonly onEntered: () => Promise<void>;
}

function EntranceForm({ isNew, email, title, onEntered }: EntranceFormProps) {
  const password = { label: 'Password', name: 'password', hasFocus: email !== '' };
  return (
    <Form
      action={title}
      onSend={async ({ email: address = '', password = '' }) => {
        if (isNew) await register(address, password);
        await signIn(address, password);
        await onEntered();
      }}
    >
      <Field
        label="Email address"
        name="email"
        type="email"
        autoComplete="username"
        value={email}
        hasFocus={email === ''}
      />
      {isNew ? (
        <NewPasswordField {...password} />
      ) : (
        <Field {...password} type="password" autoComplete="current-password" />
      )}
    </Form>
  );
}

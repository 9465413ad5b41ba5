import { useState } from 'preact/hooks';
import { forgotPassword } from '../api/links';
import { PATHS } from '../paths';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { SingleTaskPage } from '../ui/single-task-page';

/** Does not reveal whether an account exists. */
export function ForgotPasswordPage() {
  const [isSent, setIsSent] = useState(false);
  return isSent ? (
    <LinkSent onRetry={() => setIsSent(false)} />
  ) : (
    <RequestForm onSent={() => setIsSent(true)} />
  );
}

function RequestForm({ onSent }: { onSent: () => void }) {
  return (
    <SingleTaskPage title="Forgot your password?">
      <p>We send you a link to choose a new one.</p>
      <Form
        submitLabel="Send the link"
        onSubmit={async ({ email = '' }) => {
          await forgotPassword(email);
          onSent();
        }}
      >
        <Field label="Email address" name="email" type="email" autoComplete="username" />
      </Form>
      <BackToSignIn />
    </SingleTaskPage>
  );
}

function LinkSent({ onRetry }: { onRetry: () => void }) {
  return (
    <SingleTaskPage title="Look into your mail">
      <p>If there is an account with this address, a mail is on its way. Its link works for 30 minutes.</p>
      <p class="aside">
        Nothing came?{' '}
        <button type="button" class="link" onClick={onRetry}>
          Ask again
        </button>
      </p>
      <BackToSignIn />
    </SingleTaskPage>
  );
}

function BackToSignIn() {
  return (
    <p class="aside">
      <a href={PATHS.account}>Back to sign in</a>
    </p>
  );
}

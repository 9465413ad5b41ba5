import { useState } from 'preact/hooks';
import { forgotPassword } from '../api/links';
import { keepEmail, keptEmail } from '../kept-email';
import { PATHS } from '../paths';
import { SENDS_MAIL } from '../sends-mail';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { SingleTaskPage } from '../ui/single-task-page';

/** Does not reveal whether an account exists. */
export function ForgotPasswordPage() {
  const [isSent, setIsSent] = useState(false);
  if (!SENDS_MAIL) return <NoMail />;
  return isSent ? (
    <LinkSent onRetry={() => setIsSent(false)} />
  ) : (
    <RequestForm onSent={() => setIsSent(true)} />
  );
}

function RequestForm({ onSent }: { onSent: () => void }) {
  return (
    <SingleTaskPage title="Forgot your password?">
      <p>Enter your email address, and we’ll send you a password reset link.</p>
      <Form
        submitLabel="Send reset link"
        onSubmit={async ({ email = '' }) => {
          await forgotPassword(email);
          onSent();
        }}
      >
        <Field
          label="Email address"
          name="email"
          type="email"
          autoComplete="email"
          value={keptEmail()}
          onValue={keepEmail}
        />
      </Form>
      <BackToSignIn />
    </SingleTaskPage>
  );
}

function NoMail() {
  return (
    <SingleTaskPage title="Forgot your password?">
      <p>This service can’t send email, so you can’t reset your password here. Contact your administrator.</p>
      <BackToSignIn />
    </SingleTaskPage>
  );
}

function LinkSent({ onRetry }: { onRetry: () => void }) {
  return (
    <SingleTaskPage title="Check your email">
      <p>
        If an account exists for this address, a password reset link is on its way. It expires in 30 minutes.
      </p>
      <p class="aside">
        Didn’t get it?{' '}
        <button type="button" class="link" onClick={onRetry}>
          Try again
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

import { useState } from 'preact/hooks';
import { forgotPassword } from '../api/links';
import { keepEmail, keptEmail } from '../kept-email';
import { linkMessages, messages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
import { PATHS } from '../paths';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { SingleTaskPage } from '../ui/single-task-page';

/** Does not reveal whether an account exists. */
export function ForgotPasswordPage() {
  const [isSent, setIsSent] = useState(false);
  if (!PAGE_SETTINGS.sendsMail) return <NoMail />;
  return isSent ? (
    <LinkSent onRetry={() => setIsSent(false)} />
  ) : (
    <RequestForm onSent={() => setIsSent(true)} />
  );
}

function RequestForm({ onSent }: { onSent: () => void }) {
  return (
    <SingleTaskPage title={linkMessages.forgotPassword.title}>
      <p>{linkMessages.forgotPassword.text}</p>
      <Form
        submitLabel={linkMessages.forgotPassword.send}
        onSubmit={async ({ email = '' }) => {
          await forgotPassword(email);
          onSent();
        }}
      >
        <Field
          label={messages.common.emailAddress}
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
    <SingleTaskPage title={linkMessages.forgotPassword.title}>
      <p>{linkMessages.forgotPassword.noMail}</p>
      <BackToSignIn />
    </SingleTaskPage>
  );
}

function LinkSent({ onRetry }: { onRetry: () => void }) {
  return (
    <SingleTaskPage title={linkMessages.forgotPassword.sentTitle}>
      <p>{linkMessages.forgotPassword.sent}</p>
      <p class="aside">
        {linkMessages.forgotPassword.notReceived}{' '}
        <button type="button" class="link" onClick={onRetry}>
          {messages.common.tryAgain}
        </button>
      </p>
      <BackToSignIn />
    </SingleTaskPage>
  );
}

function BackToSignIn() {
  return (
    <p class="aside">
      <a href={PATHS.account}>{linkMessages.forgotPassword.back}</a>
    </p>
  );
}

import { Problem } from '@latchkey/client/cookie-client';
import { useState } from 'preact/hooks';
import { confirmEmail } from '../api/links';
import { linkMessages, messages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
import { PATHS } from '../paths';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { HiddenUsername } from '../ui/hidden-username';
import { SingleTaskPage } from '../ui/single-task-page';
import { ForgotPasswordLink } from './forgot-password-link';
import { InvalidLinkPage, isInvalidLink } from './invalid-link-page';
import { LinkActionPage } from './link-action-page';
import { RejectRegistration } from './reject-registration-page';
import { useLinkToken } from './use-link-token';

export function ConfirmEmailPage() {
  const token = useLinkToken();
  return token === null ? <InvalidConfirmationLink /> : <Confirmation key={token} token={token} />;
}

type Step = 'confirm' | 'password' | 'reject' | 'done' | 'invalid_link';

/** Asks for the password only if the browser is not signed in to the account. */
function Confirmation({ token }: { token: string }) {
  const [step, setStep] = useState<Step>('confirm');
  const [email, setEmail] = useState('');
  if (step === 'done') return <Confirmed />;
  if (step === 'invalid_link') return <InvalidConfirmationLink />;
  if (step === 'reject') return <RejectRegistration token={token} onBack={() => setStep('confirm')} />;
  const onReject = () => setStep('reject');
  if (step === 'password') return <PasswordForm token={token} email={email} onStep={setStep} />;
  return (
    <LinkActionPage
      title={linkMessages.confirmEmail.title}
      buttonLabel={linkMessages.confirmEmail.button}
      variant="primary"
      onConfirm={async () => {
        try {
          await confirmEmail(token);
          setStep('done');
        } catch (error) {
          if (!(error instanceof Problem && error.code === 'password_required')) throw error;
          setEmail(String(error.members.email ?? ''));
          setStep('password');
        }
      }}
      invalidLink={<InvalidConfirmationLink />}
      aside={<DidNotRegister onReject={onReject} />}
    >
      <p>{linkMessages.confirmEmail.text}</p>
    </LinkActionPage>
  );
}

interface PasswordFormProps {
  readonly token: string;
  readonly email: string;
  readonly onStep: (step: Step) => void;
}

function PasswordForm({ token, email, onStep }: PasswordFormProps) {
  const submit = async ({ password = '' }) => {
    try {
      await confirmEmail(token, password);
      onStep('done');
    } catch (error) {
      if (!isInvalidLink(error)) throw error;
      onStep('invalid_link');
    }
  };
  return (
    <SingleTaskPage title={linkMessages.confirmEmail.title}>
      <p>{linkMessages.confirmEmail.needsPassword}</p>
      <Form submitLabel={linkMessages.confirmEmail.button} onSubmit={submit}>
        <HiddenUsername email={email} />
        <Field
          label={messages.common.password}
          name="password"
          type="password"
          autoComplete="current-password"
          takesFocus
        />
      </Form>
      <ForgotPasswordLink />
      <DidNotRegister onReject={() => onStep('reject')} />
    </SingleTaskPage>
  );
}

function DidNotRegister({ onReject }: { onReject: () => void }) {
  return (
    <p class="aside">
      {linkMessages.confirmEmail.notMine}{' '}
      <button type="button" class="link" onClick={onReject}>
        {linkMessages.confirmEmail.didNotRegister}
      </button>
    </p>
  );
}

function Confirmed() {
  return (
    <SingleTaskPage title={linkMessages.confirmEmail.doneTitle}>
      <p>{linkMessages.confirmEmail.done}</p>
      <a class="button button-primary" href={PATHS.account}>
        {messages.common.goToAccount}
      </a>
    </SingleTaskPage>
  );
}

function InvalidConfirmationLink() {
  return (
    <InvalidLinkPage>
      {PAGE_SETTINGS.sendsMail && <p>{linkMessages.confirmEmail.newLink}</p>}
      <a class="button button-primary" href={PATHS.account}>
        {messages.common.goToAccount}
      </a>
    </InvalidLinkPage>
  );
}

import { useState } from 'preact/hooks';
import { Problem } from '../api/errors';
import { confirmEmail } from '../api/links';
import { PATHS } from '../paths';
import { SENDS_MAIL } from '../sends-mail';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { HiddenUsername } from '../ui/hidden-username';
import { SingleTaskPage } from '../ui/single-task-page';
import { ForgotPasswordLink } from './forgot-password-link';
import { InvalidLinkPage, isInvalidLink } from './invalid-link-page';
import { LinkActionPage } from './link-action-page';
import { RejectRegistration } from './reject-registration-page';
import { useLinkToken } from './use-link-token';

const TITLE = 'Confirm your email address';
const BUTTON = 'Confirm email address';

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
      title={TITLE}
      buttonLabel={BUTTON}
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
      <p>Confirm that you created an account with this email address.</p>
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
    <SingleTaskPage title={TITLE}>
      <p>
        You’re not signed in to this account in this browser. Enter the password that you chose when you
        created it.
      </p>
      <Form submitLabel={BUTTON} onSubmit={submit}>
        <HiddenUsername email={email} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" takesFocus />
      </Form>
      <ForgotPasswordLink />
      <DidNotRegister onReject={() => onStep('reject')} />
    </SingleTaskPage>
  );
}

function DidNotRegister({ onReject }: { onReject: () => void }) {
  return (
    <p class="aside">
      Didn’t create this account?{' '}
      <button type="button" class="link" onClick={onReject}>
        I didn’t register
      </button>
    </p>
  );
}

function Confirmed() {
  return (
    <SingleTaskPage title="Email address confirmed">
      <p>You’re all set.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </SingleTaskPage>
  );
}

function InvalidConfirmationLink() {
  return (
    <InvalidLinkPage>
      {SENDS_MAIL && (
        <p>If your email address isn’t confirmed yet, you can request a new link from your account.</p>
      )}
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </InvalidLinkPage>
  );
}

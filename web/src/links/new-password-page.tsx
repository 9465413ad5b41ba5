import { useRef, useState } from 'preact/hooks';
import { resetAccount, resetPassword } from '../api/links';
import type { RevocationOutcome } from '../api/revocation-outcome';
import { pendingNote } from '../copy/pending-note';
import { keepEmail } from '../kept-email';
import { PATHS } from '../paths';
import { SENDS_MAIL } from '../sends-mail';
import { Form } from '../ui/form';
import { HiddenUsername } from '../ui/hidden-username';
import { NewPasswordField } from '../ui/new-password-field';
import { SingleTaskPage } from '../ui/single-task-page';
import { InvalidLinkPage, isInvalidLink } from './invalid-link-page';

interface NewPasswordPageProps {
  readonly token: string;
  /** Reports what happened just before. */
  readonly notice?: string;
}

/** Sets a new password with a reset token. */
export function NewPasswordPage({ token, notice }: NewPasswordPageProps) {
  const { email, loadEmail } = useResetAccount(token);
  const [outcome, setOutcome] = useState<RevocationOutcome | 'invalid_link' | null>(null);
  if (outcome === 'invalid_link') return <InvalidResetLink />;
  if (outcome !== null) return <PasswordChanged outcome={outcome} />;
  const submit = async ({ password = '' }) => {
    try {
      setOutcome(await resetPassword(token, password));
      if (email) keepEmail(email);
    } catch (error) {
      if (!isInvalidLink(error)) throw error;
      setOutcome('invalid_link');
    }
  };
  return (
    <SingleTaskPage title="Set a new password" notice={notice}>
      <p>All your devices will be signed out.</p>
      <Form submitLabel="Set new password" onSubmit={submit} onFocus={loadEmail}>
        <HiddenUsername email={email} />
        <NewPasswordField label="New password" name="password" />
      </Form>
    </SingleTaskPage>
  );
}

/** Loads the address when the user begins to type: mail scanners open links too, and must cause no requests. */
function useResetAccount(token: string) {
  const [email, setEmail] = useState('');
  const isLoading = useRef(false);
  const loadEmail = async () => {
    if (isLoading.current) return;
    isLoading.current = true;
    // Without the address the form still works, and reports what is wrong with the link.
    setEmail(await resetAccount(token).catch(() => ''));
  };
  return { email, loadEmail };
}

function PasswordChanged({ outcome }: { outcome: RevocationOutcome }) {
  return (
    <SingleTaskPage title="Your password has been reset">
      <p>All your devices are signed out.{pendingNote(outcome)} Sign in with your new password.</p>
      <a class="button button-primary" href={PATHS.account}>
        Sign in
      </a>
    </SingleTaskPage>
  );
}

export function InvalidResetLink() {
  return (
    <InvalidLinkPage>
      {SENDS_MAIL && (
        <a class="button button-primary" href={PATHS.forgotPassword}>
          Request a new link
        </a>
      )}
    </InvalidLinkPage>
  );
}

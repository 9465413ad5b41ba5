import type { RevocationOutcome } from '@latchkey/client/cookie-client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { resetAccount, resetPassword } from '../api/links';
import { pendingNote } from '../copy/pending-note';
import { keepEmail } from '../kept-email';
import { linkMessages, messages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
import { PATHS } from '../paths';
import { Form } from '../ui/form';
import { HiddenUsername } from '../ui/hidden-username';
import { NewPasswordField } from '../ui/new-password-field';
import { SingleTaskPage } from '../ui/single-task-page';
import { InvalidLinkPage, isInvalidLink } from './invalid-link-page';
import { holdLinkToken } from './link-token';

interface NewPasswordPageProps {
  readonly token: string;
  /** Reports what happened just before. */
  readonly notice?: string;
}

/** Sets a new password with a reset token. */
export function NewPasswordPage({ token, notice }: NewPasswordPageProps) {
  const { email, loadEmail } = useResetAccount(token);
  useEffect(() => holdLinkToken(PATHS.resetPassword, token), [token]);
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
    <SingleTaskPage title={linkMessages.newPassword.title} notice={notice}>
      <p>{linkMessages.newPassword.text}</p>
      <Form submitLabel={linkMessages.newPassword.button} onSubmit={submit} onFocus={loadEmail}>
        <HiddenUsername email={email} />
        <NewPasswordField label={messages.common.newPassword} name="password" />
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
    <SingleTaskPage title={linkMessages.newPassword.doneTitle}>
      <p>
        {linkMessages.newPassword.done}
        {pendingNote(outcome)} {linkMessages.newPassword.signInWithNew}
      </p>
      <a class="button button-primary" href={PATHS.account}>
        {messages.common.signIn}
      </a>
    </SingleTaskPage>
  );
}

export function InvalidResetLink() {
  return (
    <InvalidLinkPage>
      {PAGE_SETTINGS.sendsMail && (
        <a class="button button-primary" href={PATHS.forgotPassword}>
          {linkMessages.invalidLink.requestNew}
        </a>
      )}
    </InvalidLinkPage>
  );
}

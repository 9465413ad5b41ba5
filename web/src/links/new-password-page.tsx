import { useState } from 'preact/hooks';
import { resetPassword } from '../api/links';
import type { RevocationOutcome } from '../api/revocation-outcome';
import { pendingNote } from '../copy/pending-note';
import { PATHS } from '../paths';
import { SENDS_MAIL } from '../sends-mail';
import { Form } from '../ui/form';
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
  const [outcome, setOutcome] = useState<RevocationOutcome | 'invalid_link' | null>(null);
  if (outcome === 'invalid_link') return <InvalidResetLink />;
  if (outcome !== null) return <PasswordChanged outcome={outcome} />;
  const submit = async ({ password = '' }) => {
    try {
      setOutcome(await resetPassword(token, password));
    } catch (error) {
      if (!isInvalidLink(error)) throw error;
      setOutcome('invalid_link');
    }
  };
  return (
    <SingleTaskPage title="Set a new password" notice={notice}>
      <p>All your devices will be signed out.</p>
      <Form submitLabel="Set new password" onSubmit={submit}>
        <NewPasswordField label="New password" name="password" />
      </Form>
    </SingleTaskPage>
  );
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

import { useState } from 'preact/hooks';
import { resetPassword } from '../api/links';
import type { Enforcement } from '../api/revocation-outcome';
import { onItsWay } from '../copy/pending-note';
import { PATHS } from '../paths';
import { Form } from '../ui/form';
import { NewPasswordField } from '../ui/new-password-field';
import { PlainPage } from '../ui/single-task-page';
import { DeadLink, isDeadLink } from './invalid-link-page';

interface NewPasswordProps {
  readonly token: string;
  /** What has just happened. */
  readonly notice?: string;
}

/** Chooses a new password with a token that lets one do so, and says that it is set. */
export function NewPassword({ token, notice }: NewPasswordProps) {
  const [outcome, setOutcome] = useState<Enforcement | 'dead' | null>(null);
  if (outcome === 'dead') return <NoNewPassword />;
  if (outcome !== null) return <Changed enforcement={outcome} />;
  const set = async ({ password = '' }) => {
    try {
      setOutcome(await resetPassword(token, password));
    } catch (error) {
      if (!isDeadLink(error)) throw error;
      setOutcome('dead');
    }
  };
  return (
    <PlainPage title="Choose a new password" notice={notice}>
      <p>Every device will be signed out.</p>
      <Form action="Set the new password" onSend={set}>
        <NewPasswordField label="New password" name="password" />
      </Form>
    </PlainPage>
  );
}

function Changed({ enforcement }: { enforcement: Enforcement }) {
  return (
    <PlainPage title="Your new password is set">
      <p>Every device was signed out.{onItsWay(enforcement)} Sign in with the new password.</p>
      <a class="button button-primary" href={PATHS.account}>
        Sign in
      </a>
    </PlainPage>
  );
}

export function NoNewPassword() {
  return (
    <DeadLink>
      <a class="button button-primary" href={PATHS.forgotPassword}>
        Ask for a new link
      </a>
    </DeadLink>
  );
}

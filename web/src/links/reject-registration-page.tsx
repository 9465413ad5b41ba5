import { useState } from 'preact/hooks';
import { rejectRegistration } from '../api/links';
import type { RevocationOutcome } from '../api/revocation-outcome';
import { pendingNote } from '../copy/pending-note';
import { SingleTaskPage } from '../ui/single-task-page';
import { InvalidLinkPage } from './invalid-link-page';
import { LinkActionPage } from './link-action-page';
import { useLinkToken } from './use-link-token';

export function RejectRegistrationPage() {
  const token = useLinkToken();
  return token === null ? <InvalidRejectionLink /> : <RejectRegistration key={token} token={token} />;
}

interface RejectRegistrationProps {
  readonly token: string;
  /** Omitted if there is no page to return to. */
  readonly onBack?: () => void;
}

export function RejectRegistration({ token, onBack }: RejectRegistrationProps) {
  const [outcome, setOutcome] = useState<RevocationOutcome | null>(null);
  if (outcome !== null) return <AccountDeleted outcome={outcome} />;
  return (
    <LinkActionPage
      title="Didn’t create this account?"
      buttonLabel="Delete the account"
      variant="danger"
      onConfirm={async () => setOutcome(await rejectRegistration(token))}
      invalidLink={<InvalidRejectionLink />}
      aside={
        onBack && (
          <p class="aside">
            <button type="button" class="link" onClick={onBack}>
              Back
            </button>
          </p>
        )
      }
    >
      <p>
        Someone created an account with your email address. We’ll sign it out on every device and delete it.
        You can create an account with this address yourself at any time.
      </p>
    </LinkActionPage>
  );
}

function AccountDeleted({ outcome }: { outcome: RevocationOutcome }) {
  return (
    <SingleTaskPage title="The account was deleted">
      <p>It is signed out on every device.{pendingNote(outcome)} Your email address is free again.</p>
    </SingleTaskPage>
  );
}

function InvalidRejectionLink() {
  return (
    <InvalidLinkPage>
      <p>
        If the email address was confirmed in the meantime, the account can no longer be deleted with this
        link.
      </p>
    </InvalidLinkPage>
  );
}

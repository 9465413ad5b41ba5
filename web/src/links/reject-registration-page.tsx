import type { RevocationOutcome } from '@latchkey/client/cookie-client';
import { useState } from 'preact/hooks';
import { rejectRegistration } from '../api/links';
import { pendingNote } from '../copy/pending-note';
import { linkMessages } from '../messages';
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
      title={linkMessages.rejectRegistration.title}
      buttonLabel={linkMessages.rejectRegistration.button}
      variant="danger"
      onConfirm={async () => setOutcome(await rejectRegistration(token))}
      invalidLink={<InvalidRejectionLink />}
      aside={
        onBack && (
          <p class="aside">
            <button type="button" class="link" onClick={onBack}>
              {linkMessages.rejectRegistration.back}
            </button>
          </p>
        )
      }
    >
      <p>{linkMessages.rejectRegistration.text}</p>
    </LinkActionPage>
  );
}

function AccountDeleted({ outcome }: { outcome: RevocationOutcome }) {
  return (
    <SingleTaskPage title={linkMessages.rejectRegistration.doneTitle}>
      <p>
        {linkMessages.rejectRegistration.done}
        {pendingNote(outcome)} {linkMessages.rejectRegistration.addressIsFree}
      </p>
    </SingleTaskPage>
  );
}

function InvalidRejectionLink() {
  return (
    <InvalidLinkPage>
      <p>{linkMessages.rejectRegistration.tooLate}</p>
    </InvalidLinkPage>
  );
}

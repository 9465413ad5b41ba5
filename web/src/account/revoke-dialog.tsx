import { pendingNote } from '../copy/pending-note';
import { accountMessages } from '../messages';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { useReauthentication } from './reauthentication';
import type { RevocationTarget } from './revocation-target';
import type { RevokedHere } from './use-revoked-here';
import type { WithNotice } from './use-session-end';

interface RevokeDialogProps {
  readonly target: RevocationTarget;
  readonly withNotice: WithNotice;
  readonly revokedHere: RevokedHere;
  readonly onRevoked: (message: string) => void;
  readonly onCancel: () => void;
}

export function RevokeDialog(props: RevokeDialogProps) {
  const { target, withNotice, revokedHere, onRevoked, onCancel } = props;
  const withReauthentication = useReauthentication();
  const { title, summary, confirmLabel, deviceNames, includesCurrent } = target;
  const confirm = async () => {
    const outcome = await withReauthentication(() =>
      withNotice(includesCurrent ? target.doneMessage : null, () =>
        revokedHere.during(target.deviceIds, target.revoke),
      ),
    );
    onRevoked(target.doneMessage + pendingNote(outcome));
  };
  return (
    <ConfirmDialog title={title} confirmLabel={confirmLabel} onConfirm={confirm} onCancel={onCancel}>
      <p>{summary}</p>
      <ul class="names">
        {deviceNames.map((name, index) => (
          <li key={index}>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
      {includesCurrent && <p>{accountMessages.revoke.includesCurrent}</p>}
    </ConfirmDialog>
  );
}

import { revoke } from '../api/account';
import { Problem, SignedOut } from '../api/errors';
import { pendingNote } from '../copy/pending-note';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { useReauthentication } from './reauthentication';
import type { RevocationTarget } from './revocation-target';

interface RevokeDialogProps {
  readonly target: RevocationTarget;
  readonly onStart: () => void;
  readonly onRevoked: (target: RevocationTarget, message: string) => void;
  readonly onCancel: () => void;
}

export function RevokeDialog({ target, onStart, onRevoked, onCancel }: RevokeDialogProps) {
  const withReauthentication = useReauthentication();
  const { title, confirmLabel, deviceNames, includesCurrent } = target;
  const confirm = async () => {
    const outcome = await withReauthentication(() => {
      onStart();
      return ignoreAlreadyEnded(() => revoke(target.path));
    });
    onRevoked(target, target.doneMessage + pendingNote(outcome));
  };
  return (
    <ConfirmDialog title={title} confirmLabel={confirmLabel} onConfirm={confirm} onCancel={onCancel}>
      <p>
        {deviceNames.length === 1
          ? 'This will be signed out at once:'
          : `These ${deviceNames.length} devices will be signed out at once:`}
      </p>
      <ul class="names">
        {deviceNames.map((name, index) => (
          <li key={index}>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
      {includesCurrent && <p>You will have to sign in again here.</p>}
    </ConfirmDialog>
  );
}

/** What was to be ended is over, whoever was quicker. */
async function ignoreAlreadyEnded<T>(action: () => Promise<T>): Promise<T | 'enforced'> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SignedOut || (error instanceof Problem && error.code === 'not_found'))
      return 'enforced';
    throw error;
  }
}

import { end } from '../api/account';
import { Problem, SignedOut } from '../api/errors';
import { onItsWay } from '../copy/pending-note';
import { Confirm } from '../ui/confirm-dialog';
import { useSensitive } from './reauthentication';
import type { Ending } from './revocation-target';

interface EndDialogProps {
  readonly ending: Ending;
  readonly onStart: () => void;
  readonly onEnded: (ending: Ending, told: string) => void;
  readonly onCancel: () => void;
}

export function EndDialog({ ending, onStart, onEnded, onCancel }: EndDialogProps) {
  const sensitive = useSensitive();
  const { title, action, names, includesThis } = ending;
  const confirm = async () => {
    const enforcement = await sensitive(() => {
      onStart();
      return orAlreadyEnded(() => end(ending.path));
    });
    onEnded(ending, ending.told + onItsWay(enforcement));
  };
  return (
    <Confirm title={title} action={action} onConfirm={confirm} onCancel={onCancel}>
      <p>
        {names.length === 1
          ? 'This will be signed out at once:'
          : `These ${names.length} devices will be signed out at once:`}
      </p>
      <ul class="names">
        {names.map((name, place) => (
          <li key={place}>
            <bdi>{name}</bdi>
          </li>
        ))}
      </ul>
      {includesThis && <p>You will have to sign in again here.</p>}
    </Confirm>
  );
}

/** What was to be ended is over, whoever was quicker. */
async function orAlreadyEnded<T>(act: () => Promise<T>): Promise<T | 'enforced'> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SignedOut || (error instanceof Problem && error.code === 'not_found'))
      return 'enforced';
    throw error;
  }
}

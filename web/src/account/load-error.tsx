import { inWords } from '../copy/error-messages';
import { BusyButton } from '../ui/button';
import { useTask } from '../ui/use-task';

/** What is shown could not be read again. It stays, and says so. */
export function Stale({ error, onRetry }: { error: unknown; onRetry: () => Promise<void> }) {
  const task = useTask(onRetry);
  return (
    <div role="alert">
      {error !== null && (
        <div class="notice notice-alert">
          <p>{inWords(error)}</p>
          <BusyButton isBusy={task.isBusy} onClick={() => void task.run()}>
            Try again
          </BusyButton>
        </div>
      )}
    </div>
  );
}

import { errorMessage } from '../copy/error-messages';
import { messages } from '../messages';
import { Button } from '../ui/button';
import { useTask } from '../ui/use-task';

/** Reports that a reload failed. The data loaded before stays on the page. */
export function LoadError({ error, onRetry }: { error: unknown; onRetry: () => Promise<void> }) {
  const task = useTask(onRetry);
  return (
    <div role="alert">
      {error !== null && (
        <div class="notice notice-alert">
          <p>{errorMessage(error)}</p>
          <Button isBusy={task.isBusy} onClick={() => void task.run()}>
            {messages.common.tryAgain}
          </Button>
        </div>
      )}
    </div>
  );
}

import { inWords } from '../copy/error-messages';
import { BusyButton } from '../ui/button';
import { useTitle } from '../ui/use-document-title';
import { Skeleton } from './device-skeleton';

interface StartingViewProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Until it is known who is here. That it cannot be known yet is no sign-out. */
export function StartingView({ error, onRetry }: StartingViewProps) {
  useTitle('Your devices');
  return (
    <main class="column" aria-busy={error === null}>
      <h1>Your devices</h1>
      {error === null ? (
        <Skeleton />
      ) : (
        <div class="notice notice-alert" role="alert">
          <p>{inWords(error)}</p>
          <BusyButton onClick={onRetry}>Try again</BusyButton>
        </div>
      )}
    </main>
  );
}

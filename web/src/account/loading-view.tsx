import { errorMessage } from '../copy/error-messages';
import { accountMessages, messages } from '../messages';
import { Button } from '../ui/button';
import { useDocumentTitle } from '../ui/use-document-title';
import { DeviceSkeleton } from './device-skeleton';

interface LoadingViewProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** Shown until the page knows whether the user is signed in. A failed request does not mean signed out. */
export function LoadingView({ error, onRetry }: LoadingViewProps) {
  useDocumentTitle(accountMessages.account.title);
  return (
    <main class="column" aria-busy={error === null}>
      <h1>{accountMessages.account.title}</h1>
      {error === null ? (
        <DeviceSkeleton />
      ) : (
        <div class="notice notice-alert" role="alert">
          <p>{errorMessage(error)}</p>
          <Button onClick={onRetry}>{messages.common.tryAgain}</Button>
        </div>
      )}
    </main>
  );
}

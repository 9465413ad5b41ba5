import { PATHS } from './paths';
import { SingleTaskPage } from './ui/single-task-page';

export function NotFoundPage() {
  return (
    <SingleTaskPage title="Page not found">
      <p>There’s nothing at this address.</p>
      <a class="button button-primary" href={PATHS.account}>
        Go to your account
      </a>
    </SingleTaskPage>
  );
}

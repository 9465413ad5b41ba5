import { linkMessages, messages } from './messages';
import { PATHS } from './paths';
import { SingleTaskPage } from './ui/single-task-page';

export function NotFoundPage() {
  return (
    <SingleTaskPage title={linkMessages.notFound.title}>
      <p>{linkMessages.notFound.text}</p>
      <a class="button button-primary" href={PATHS.account}>
        {messages.common.goToAccount}
      </a>
    </SingleTaskPage>
  );
}

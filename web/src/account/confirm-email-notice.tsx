import { client } from '../api/client';
import { bidiIsolate } from '../copy/bidi-isolate';
import { errorMessage } from '../copy/error-messages';
import { accountMessages } from '../messages';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { useTask } from '../ui/use-task';

/** Shown until the user opens the confirmation link. */
export function ConfirmEmailNotice({ email }: { email: string }) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    await client.request('POST', '/auth/email/resend');
    announce(accountMessages.account.resent(bidiIsolate(email)));
  });
  return (
    <section class="notice" aria-labelledby="unconfirmed">
      <div>
        <h2 id="unconfirmed">{accountMessages.account.confirmTitle}</h2>
        <p>{accountMessages.account.confirmText}</p>
        <div role="alert">{task.error !== null && <p class="error">{errorMessage(task.error)}</p>}</div>
      </div>
      <Button isBusy={task.isBusy} onClick={() => void task.run()}>
        {accountMessages.account.resend}
      </Button>
    </section>
  );
}

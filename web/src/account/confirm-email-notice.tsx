import { resendConfirmation } from '../api/account';
import { bidiIsolate } from '../copy/bidi-isolate';
import { errorMessage } from '../copy/error-messages';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { useTask } from '../ui/use-task';

/** Shown until the user opens the confirmation link. */
export function ConfirmEmailNotice({ email }: { email: string }) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    await resendConfirmation();
    announce(`An email to ${bidiIsolate(email)} is on its way.`);
  });
  return (
    <section class="notice" aria-labelledby="unconfirmed">
      <div>
        <h2 id="unconfirmed">Confirm your email address</h2>
        <p>
          Open the link in the email we sent you. That way we know we can reach you if you forget your
          password.
        </p>
        <div role="alert">{task.error !== null && <p class="error">{errorMessage(task.error)}</p>}</div>
      </div>
      <Button isBusy={task.isBusy} onClick={() => void task.run()}>
        Resend email
      </Button>
    </section>
  );
}

import { resendConfirmation } from '../api/account';
import { isolated } from '../copy/bidi-isolate';
import { inWords } from '../copy/error-messages';
import { useAnnounce } from '../ui/announcer';
import { BusyButton } from '../ui/button';
import { useTask } from '../ui/use-task';

/** Nobody has followed the link that was mailed to the address. */
export function Unconfirmed({ email }: { email: string }) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    await resendConfirmation();
    announce(`A mail to ${isolated(email)} is on its way.`);
  });
  return (
    <section class="notice" aria-labelledby="unconfirmed">
      <div>
        <h2 id="unconfirmed">Confirm your address</h2>
        <p>
          Follow the link in the mail that we have sent you. It helps you back in if you forget your password.
        </p>
        <div role="alert">{task.error !== null && <p class="error">{inWords(task.error)}</p>}</div>
      </div>
      <BusyButton isBusy={task.isBusy} onClick={() => void task.run()}>
        Send the mail again
      </BusyButton>
    </section>
  );
}

import type { Me } from '@latchkey/client/cookie-client';
import { useId, useState } from 'preact/hooks';
import { client } from '../api/client';
import { errorMessage } from '../copy/error-messages';
import { accountMessages } from '../messages';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { useTask } from '../ui/use-task';
import { useSessionExpiry } from './use-session-expiry';

/** Warns before the session expires, and lets the user stay signed in if that is possible. */
export function ExpiryWarning({ session }: { session: Me['session'] }) {
  const { near, note } = useSessionExpiry(session);
  const [isSeen, setIsSeen] = useState(false);
  if (!near) return null;
  const left = accountMessages.expiry.left(near.secondsLeft);
  if (!near.isFinal) return <StayDialog left={left} onStayed={note} />;
  return isSeen ? null : <FinalDialog left={left} onClose={() => setIsSeen(true)} />;
}

interface StayDialogProps {
  readonly left: string;
  readonly onStayed: (session: Me['session']) => void;
}

function StayDialog({ left, onStayed }: StayDialogProps) {
  const textId = useId();
  // A request by the user postpones the end.
  const task = useTask(async () => {
    const me = await client.me();
    if (me) onStayed(me.session);
  });
  const stay = () => void task.run();
  return (
    <Dialog title={accountMessages.expiry.stayTitle} alertId={textId} onCancel={stay}>
      <p id={textId}>{accountMessages.expiry.stayText(<span role="timer">{left}</span>)}</p>
      <div role="alert">{task.error !== null && <p class="error">{errorMessage(task.error)}</p>}</div>
      <div class="buttons">
        <Button variant="primary" isBusy={task.isBusy} onClick={stay}>
          {accountMessages.expiry.stay}
        </Button>
      </div>
    </Dialog>
  );
}

function FinalDialog({ left, onClose }: { left: string; onClose: () => void }) {
  const textId = useId();
  return (
    <Dialog title={accountMessages.expiry.finalTitle} alertId={textId} onCancel={onClose}>
      <p id={textId}>{accountMessages.expiry.finalText(<span role="timer">{left}</span>)}</p>
      <div class="buttons">
        <Button variant="primary" onClick={onClose}>
          {accountMessages.expiry.ok}
        </Button>
      </div>
    </Dialog>
  );
}

import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { signOut } from '../api/account';
import { SignedOut } from '../api/errors';
import { errorMessage } from '../copy/error-messages';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { useTask } from '../ui/use-task';

interface AccountHeaderProps {
  readonly email: string;
  /** What is said when the session ends while this is under way: the stream may be quicker than the answer. */
  readonly pendingNotice: RefObject<string | null>;
  readonly onSignedOut: () => void;
}

export function AccountHeader({ email, pendingNotice, onSignedOut }: AccountHeaderProps) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    pendingNotice.current = 'You signed out.';
    try {
      await signOut();
    } catch (error) {
      if (!(error instanceof SignedOut)) {
        pendingNotice.current = null;
        throw error;
      }
    }
    onSignedOut();
  });
  useEffect(() => {
    if (task.error !== null) announce(errorMessage(task.error), 'alert');
  }, [task.error, announce]);
  return (
    <header class="bar">
      <div class="bar-inside">
        <span class="brand">
          <Icon name="key" /> Latchkey
        </span>
        <span class="who">
          <bdi>{email}</bdi>
        </span>
        <Button isBusy={task.isBusy} onClick={() => void task.run()}>
          Sign out
        </Button>
      </div>
    </header>
  );
}

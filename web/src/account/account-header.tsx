import { useEffect } from 'preact/hooks';
import { signOut } from '../api/account';
import { errorMessage } from '../copy/error-messages';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { useTask } from '../ui/use-task';
import type { WithNotice } from './use-session-end';

const SIGNED_OUT = 'You’re signed out.';

interface AccountHeaderProps {
  readonly email: string;
  readonly withNotice: WithNotice;
  readonly onSignedOut: (notice: string) => void;
}

export function AccountHeader({ email, withNotice, onSignedOut }: AccountHeaderProps) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    await withNotice(SIGNED_OUT, signOut);
    onSignedOut(SIGNED_OUT);
  });
  useEffect(() => {
    if (task.error !== null) announce(errorMessage(task.error), 'alert');
  }, [task.error, announce]);
  return (
    <header class="bar">
      <div class="bar-content">
        <span class="brand">
          <Icon name="key" /> Latchkey
        </span>
        <span class="account-email">
          <bdi>{email}</bdi>
        </span>
        <Button isBusy={task.isBusy} onClick={() => void task.run()}>
          Sign out
        </Button>
      </div>
    </header>
  );
}

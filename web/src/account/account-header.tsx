import { useEffect } from 'preact/hooks';
import { client } from '../api/client';
import { errorMessage } from '../copy/error-messages';
import { messages } from '../messages';
import { useAnnounce } from '../ui/announcer';
import { Brand } from '../ui/brand';
import { Button } from '../ui/button';
import { useTask } from '../ui/use-task';
import type { WithNotice } from './use-session-end';

interface AccountHeaderProps {
  readonly email: string;
  readonly withNotice: WithNotice;
  readonly onSignedOut: (notice: string) => void;
}

export function AccountHeader({ email, withNotice, onSignedOut }: AccountHeaderProps) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    await withNotice(messages.common.signedOut, client.logout);
    onSignedOut(messages.common.signedOut);
  });
  useEffect(() => {
    if (task.error !== null) announce(errorMessage(task.error), 'alert');
  }, [task.error, announce]);
  return (
    <header class="bar">
      <div class="bar-content">
        <Brand />
        <span class="account-email">
          <bdi>{email}</bdi>
        </span>
        <Button isBusy={task.isBusy} onClick={() => void task.run()}>
          {messages.common.signOut}
        </Button>
      </div>
    </header>
  );
}

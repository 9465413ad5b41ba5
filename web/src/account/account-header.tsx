import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { end } from '../api/account';
import { SignedOut } from '../api/errors';
import { inWords } from '../copy/error-messages';
import { useAnnounce } from '../ui/announcer';
import { BusyButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { useTask } from '../ui/use-task';

interface AccountHeaderProps {
  readonly email: string;
  /** What is said when the session ends while this is under way: the stream may be quicker than the answer. */
  readonly farewell: RefObject<string | null>;
  readonly onSignedOut: () => void;
}

export function AccountHeader({ email, farewell, onSignedOut }: AccountHeaderProps) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    farewell.current = 'You signed out.';
    try {
      await end('/auth/logout');
    } catch (error) {
      if (!(error instanceof SignedOut)) {
        farewell.current = null;
        throw error;
      }
    }
    onSignedOut();
  });
  useEffect(() => {
    if (task.error !== null) announce(inWords(task.error), 'alert');
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
        <BusyButton isBusy={task.isBusy} onClick={() => void task.run()}>
          Sign out
        </BusyButton>
      </div>
    </header>
  );
}

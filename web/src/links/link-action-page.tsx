import type { ComponentChildren } from 'preact';
import { inWords } from '../copy/error-messages';
import { BusyButton } from '../ui/button';
import { PlainPage } from '../ui/single-task-page';
import { useTask } from '../ui/use-task';
import { isDeadLink } from './invalid-link-page';

interface LinkStepProps {
  readonly title: string;
  /** What the button will do. */
  readonly children: ComponentChildren;
  readonly action: string;
  readonly look: 'primary' | 'danger';
  readonly onGo: () => Promise<void>;
  /** Shown where the link is of no use. */
  readonly dead: ComponentChildren;
}

/** What a link is for, done by a button: programs that look through mails open links, and press nothing. */
export function LinkStep({ title, children, action, look, onGo, dead }: LinkStepProps) {
  const task = useTask(onGo);
  if (isDeadLink(task.error)) return dead;
  return (
    <PlainPage title={title}>
      {children}
      <div role="alert">{task.error !== null && <p class="error">{inWords(task.error)}</p>}</div>
      <div class="buttons">
        <BusyButton look={look} isBusy={task.isBusy} onClick={() => void task.run()}>
          {action}
        </BusyButton>
      </div>
    </PlainPage>
  );
}

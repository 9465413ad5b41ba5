import type { ComponentChildren } from 'preact';
import { errorMessage } from '../copy/error-messages';
import { Button } from '../ui/button';
import { SingleTaskPage } from '../ui/single-task-page';
import { useTask } from '../ui/use-task';
import { isInvalidLink } from './invalid-link-page';

interface LinkActionPageProps {
  readonly title: string;
  /** Explains what the button does. */
  readonly children: ComponentChildren;
  readonly buttonLabel: string;
  readonly variant: 'primary' | 'danger';
  readonly onConfirm: () => Promise<void>;
  /** Shown if the link is not valid. */
  readonly invalidLink: ComponentChildren;
  /** Below the button. */
  readonly aside?: ComponentChildren;
}

/** Performs the link's action only on a button press: mail scanners open links but press nothing. */
export function LinkActionPage({
  title,
  children,
  buttonLabel,
  variant,
  onConfirm,
  invalidLink,
  aside,
}: LinkActionPageProps) {
  const task = useTask(onConfirm);
  if (isInvalidLink(task.error)) return invalidLink;
  return (
    <SingleTaskPage title={title}>
      {children}
      <div role="alert">{task.error !== null && <p class="error">{errorMessage(task.error)}</p>}</div>
      <div class="buttons">
        <Button variant={variant} isBusy={task.isBusy} onClick={() => void task.run()}>
          {buttonLabel}
        </Button>
      </div>
      {aside}
    </SingleTaskPage>
  );
}

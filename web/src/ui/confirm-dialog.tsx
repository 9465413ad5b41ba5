import type { ComponentChildren } from 'preact';
import { errorMessage } from '../copy/error-messages';
import { messages } from '../messages';
import { Button } from './button';
import { Dialog } from './dialog';
import { useTask } from './use-task';

interface ConfirmDialogProps {
  readonly title: string;
  readonly confirmLabel: string;
  readonly children: ComponentChildren;
  readonly onConfirm: () => Promise<void>;
  readonly onCancel: () => void;
}

export function ConfirmDialog({ title, confirmLabel, children, onConfirm, onCancel }: ConfirmDialogProps) {
  const task = useTask(onConfirm);
  return (
    <Dialog title={title} onCancel={onCancel}>
      {children}
      <div role="alert">{task.error !== null && <p class="error">{errorMessage(task.error)}</p>}</div>
      <div class="buttons">
        {/* First, so that it gets the focus and a hasty Enter cancels. */}
        <Button onClick={onCancel}>{messages.common.cancel}</Button>
        <Button variant="danger" isBusy={task.isBusy} onClick={() => void task.run()}>
          {confirmLabel}
        </Button>
      </div>
    </Dialog>
  );
}

import type { ComponentChildren } from 'preact';
import { inWords } from '../copy/error-messages';
import { BusyButton } from './button';
import { Dialog } from './dialog';
import { useTask } from './use-task';

interface ConfirmProps {
  readonly title: string;
  readonly action: string;
  readonly children: ComponentChildren;
  readonly onConfirm: () => Promise<void>;
  readonly onCancel: () => void;
}

/** Says what will end before it does. */
export function Confirm({ title, action, children, onConfirm, onCancel }: ConfirmProps) {
  const task = useTask(onConfirm);
  return (
    <Dialog title={title} onCancel={onCancel}>
      {children}
      <div role="alert">{task.error !== null && <p class="error">{inWords(task.error)}</p>}</div>
      <div class="buttons">
        {/* First, so that it has the focus: Enter pressed too quickly ends nothing. */}
        <BusyButton onClick={onCancel}>Cancel</BusyButton>
        <BusyButton look="danger" isBusy={task.isBusy} onClick={() => void task.run()}>
          {action}
        </BusyButton>
      </div>
    </Dialog>
  );
}

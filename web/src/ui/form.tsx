import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { inWords } from '../copy/error-messages';
import { BusyButton } from './button';
import { useTask } from './use-task';

interface FormProps {
  /** Its fields. */
  readonly children: ComponentChildren;
  readonly action: string;
  /** @param entered what was typed, by the names of the fields */
  readonly onSend: (entered: Record<string, string>) => Promise<void>;
  readonly onCancel?: () => void;
}

/** Is sent once, however often somebody presses, and says what went wrong. Escape is Cancel. */
export function Form({ children, action, onSend, onCancel }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const errorId = useId();
  const task = useTask(() => onSend(entered(form.current)));
  return (
    <form
      ref={form}
      aria-describedby={errorId}
      onSubmit={(event) => {
        event.preventDefault();
        void task.run();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !onCancel) return;
        event.preventDefault();
        onCancel();
      }}
    >
      {children}
      <div role="alert" id={errorId}>
        {task.error !== null && <p class="error">{inWords(task.error)}</p>}
      </div>
      <div class="buttons">
        {onCancel && <BusyButton onClick={onCancel}>Cancel</BusyButton>}
        <BusyButton type="submit" look="primary" isBusy={task.isBusy}>
          {action}
        </BusyButton>
      </div>
    </form>
  );
}

function entered(form: HTMLFormElement | null): Record<string, string> {
  return Object.fromEntries(new FormData(form ?? undefined)) as Record<string, string>;
}

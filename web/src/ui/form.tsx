import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { errorMessage } from '../copy/error-messages';
import { messages } from '../messages';
import { Button } from './button';
import { useTask } from './use-task';

interface FormProps {
  /** The fields. */
  readonly children: ComponentChildren;
  readonly submitLabel: string;
  /** @param values the input values by field name */
  readonly onSubmit: (values: Record<string, string>) => Promise<void>;
  readonly onCancel?: () => void;
  /** A field has received the focus. */
  readonly onFocus?: () => void;
}

/** Ignores repeated submits while one is running, and shows the error if it fails. Escape cancels. */
export function Form({ children, submitLabel, onSubmit, onCancel, onFocus }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const errorId = useId();
  const task = useTask(() => onSubmit(formValues(form.current)));
  return (
    <form
      ref={form}
      aria-describedby={errorId}
      onFocusIn={onFocus}
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
        {task.error !== null && <p class="error">{errorMessage(task.error)}</p>}
      </div>
      <div class="buttons">
        {onCancel && <Button onClick={onCancel}>{messages.common.cancel}</Button>}
        <Button type="submit" variant="primary" isBusy={task.isBusy}>
          {submitLabel}
        </Button>
      </div>
    </form>
  );
}

function formValues(form: HTMLFormElement | null): Record<string, string> {
  return Object.fromEntries(new FormData(form ?? undefined)) as Record<string, string>;
}

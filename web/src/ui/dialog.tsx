import type { ComponentChildren } from 'preact';
import { useCallback, useId } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onCancel: () => void;
  /** The id of the text to read out when the dialog opens by itself. */
  readonly alertId?: string;
}

/** A modal dialog. The browser keeps the focus inside and restores it afterwards. */
export function Dialog({ title, children, onCancel, alertId }: DialogProps) {
  const titleId = useId();
  // A ref, because it runs before all effects: fields in the dialog can take the focus only once it is open.
  const open = useCallback((dialog: HTMLDialogElement | null) => {
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={open}
      role={alertId === undefined ? undefined : 'alertdialog'}
      aria-labelledby={titleId}
      aria-describedby={alertId}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}

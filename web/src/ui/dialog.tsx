import type { ComponentChildren } from 'preact';
import { useCallback, useId } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onCancel: () => void;
}

/** The browser keeps the focus inside, and gives it back to what had it. */
export function Dialog({ title, children, onCancel }: DialogProps) {
  const titleId = useId();
  // Before any effect: what is inside gets the focus that it asks for in an open dialog only.
  const open = useCallback((dialog: HTMLDialogElement | null) => {
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={open}
      aria-labelledby={titleId}
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

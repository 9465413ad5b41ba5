import type { ComponentChildren } from 'preact';

interface BusyButtonProps {
  readonly children: ComponentChildren;
  readonly isBusy?: boolean;
  readonly type?: 'button' | 'submit';
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly onClick?: () => void;
}

/** Does nothing while it is busy, yet keeps the focus, which a disabled button would lose. */
export function BusyButton({
  children,
  isBusy = false,
  type = 'button',
  look = 'plain',
  onClick,
}: BusyButtonProps) {
  return (
    <button
      type={type}
      class={`button button-${look}`}
      aria-disabled={isBusy}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.();
      }}
    >
      {isBusy && <span class="spinner" aria-hidden="true" />}
      <span>{children}</span>
    </button>
  );
}

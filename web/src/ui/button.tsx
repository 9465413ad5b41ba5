import type { ComponentChildren } from 'preact';

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly isBusy?: boolean;
  readonly type?: 'button' | 'submit';
  readonly variant?: 'plain' | 'primary' | 'danger';
  readonly onClick?: () => void;
}

/** While busy, ignores clicks but keeps the focus, which a disabled button would lose. */
export function Button({
  children,
  isBusy = false,
  type = 'button',
  variant = 'plain',
  onClick,
}: ButtonProps) {
  return (
    <button
      type={type}
      class={`button button-${variant}`}
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

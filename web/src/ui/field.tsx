import type { RefObject } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly type: 'email' | 'password' | 'text';
  readonly autoComplete: string;
  readonly hint?: string;
  readonly value?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly takesFocus?: boolean;
  readonly isReadOnly?: boolean;
  readonly onValue?: (value: string) => void;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
}

/** A labelled input. The form reads its value on submit. */
export function Field({
  label,
  hint,
  value,
  autoComplete,
  takesFocus,
  isReadOnly,
  onValue,
  inputRef,
  ...rest
}: FieldProps) {
  const id = useId();
  const ownRef = useRef<HTMLInputElement>(null);
  const ref = inputRef ?? ownRef;
  // `autofocus` works only for elements present when the page or dialog opens; this one may be added later.
  useLayoutEffect(() => {
    if (takesFocus) ref.current?.focus();
  }, [takesFocus, ref]);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...(rest as { type: 'text' })}
        id={id}
        ref={ref as RefObject<HTMLInputElement>}
        defaultValue={value}
        autocomplete={autoComplete as 'on'}
        autocapitalize="none"
        spellcheck={false}
        readOnly={isReadOnly}
        onInput={({ currentTarget }) => onValue?.(currentTarget.value)}
        required
        aria-describedby={hint && `${id}-hint`}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

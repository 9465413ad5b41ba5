import { useEffect, useId, useState } from 'preact/hooks';
import { register, signIn } from '../api/account';
import { BusyButton } from '../parts/busy-button';
import { entered, Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { useTask } from '../parts/use-task';
import { inWords } from '../words/failure';

interface EntranceViewProps {
  /** Why somebody is here who was inside a moment ago. */
  readonly notice: string | null;
  readonly email: string;
  readonly onEntered: () => Promise<void>;
}

/** Signing in, and registering. */
export function EntranceView({ notice, email, onEntered }: EntranceViewProps) {
  const [isNew, setIsNew] = useState(false);
  const title = isNew ? 'Create an account' : 'Sign in';
  useEffect(() => {
    document.title = `${title} – Latchkey`;
  }, [title]);
  return (
    <main class="column entrance">
      <p class="brand">
        <Icon name="key" /> Latchkey
      </p>
      <div role="alert">{notice && <p class="notice">{notice}</p>}</div>
      <h1>{title}</h1>
      <EntranceForm key={title} isNew={isNew} email={email} title={title} onEntered={onEntered} />
      <p class="aside">
        {isNew ? 'Have an account?' : 'New here?'}{' '}
        <button type="button" class="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </main>
  );
}

interface EntranceFormProps {
  readonly isNew: boolean;
  readonly email: string;
  readonly title: string;
  readonly onEntered: () => Promise<void>;
}

function EntranceForm({ isNew, email, title, onEntered }: EntranceFormProps) {
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  const errorId = useId();
  const task = useTask(async () => {
    const { email: address = '', password = '' } = entered(form);
    if (isNew) await register(address, password);
    await signIn(address, password);
    await onEntered();
  });
  return (
    <form
      ref={setForm}
      aria-describedby={errorId}
      onSubmit={(event) => {
        event.preventDefault();
        void task.run();
      }}
    >
      <Field
        label="Email address"
        name="email"
        type="email"
        autoComplete="username"
        value={email}
        hasFocus={email === ''}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={isNew ? 'new-password' : 'current-password'}
        hasFocus={email !== ''}
        {...(isNew && { hint: 'At least 8 characters. A few words are a good password.', minLength: 8 })}
      />
      <div role="alert" id={errorId}>
        {task.error !== null && <p class="error">{inWords(task.error)}</p>}
      </div>
      <BusyButton type="submit" look="primary" isBusy={task.isBusy}>
        {title}
      </BusyButton>
    </form>
  );
}

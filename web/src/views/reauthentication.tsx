import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useId, useState } from 'preact/hooks';
import { signIn } from '../api/account';
import { Problem } from '../api/failures';
import { BusyButton } from '../parts/busy-button';
import { Dialog } from '../parts/dialog';
import { entered, Field } from '../parts/field';
import { Cancelled, useTask } from '../parts/use-task';
import { inWords } from '../words/failure';

/** Does something; where the service wants to know first that it is still you, asks, and does it then. */
type Sensitive = <T>(act: () => Promise<T>) => Promise<T>;

const SensitiveContext = createContext<Sensitive>((act) => act());

export const useSensitive = () => useContext(SensitiveContext);

interface Asking {
  readonly proved: () => void;
  readonly cancelled: () => void;
}

export function Reauthentication({ email, children }: { email: string; children: ComponentChildren }) {
  const [asking, setAsking] = useState<Asking | null>(null);
  const sensitive = useCallback<Sensitive>(async (act) => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'reauthentication_required')) throw error;
    }
    try {
      await new Promise<void>((resolve, reject) =>
        setAsking({ proved: resolve, cancelled: () => reject(new Cancelled()) }),
      );
    } finally {
      setAsking(null);
    }
    return act();
  }, []);
  return (
    <SensitiveContext.Provider value={sensitive}>
      {children}
      {asking && <PasswordDialog email={email} {...asking} />}
    </SensitiveContext.Provider>
  );
}

function PasswordDialog({ email, proved, cancelled }: Asking & { email: string }) {
  const [form, setForm] = useState<HTMLFormElement | null>(null);
  const errorId = useId();
  const task = useTask(async () => {
    await signIn(email, entered(form).password ?? '');
    proved();
  });
  return (
    <Dialog title="Is it still you?" onCancel={cancelled}>
      <p>Enter your password again to go on.</p>
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
          isReadOnly
        />
        <Field label="Password" name="password" type="password" autoComplete="current-password" hasFocus />
        <div role="alert" id={errorId}>
          {task.error !== null && <p class="error">{inWords(task.error)}</p>}
        </div>
        <div class="buttons">
          <BusyButton onClick={cancelled}>Cancel</BusyButton>
          <BusyButton type="submit" look="primary" isBusy={task.isBusy}>
            Continue
          </BusyButton>
        </div>
      </form>
    </Dialog>
  );
}

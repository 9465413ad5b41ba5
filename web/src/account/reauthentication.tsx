import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';
import { signIn } from '../api/account';
import { Problem } from '../api/errors';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { Cancelled } from '../ui/use-task';
import { OwnAddress } from './account-email-field';

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
  return (
    <Dialog title="Is it still you?" onCancel={cancelled}>
      <p>Enter your password again to go on.</p>
      <Form
        action="Continue"
        onCancel={cancelled}
        onSend={async ({ password = '' }) => {
          await signIn(email, password);
          proved();
        }}
      >
        <OwnAddress email={email} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" hasFocus />
      </Form>
    </Dialog>
  );
}

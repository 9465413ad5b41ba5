import { Problem } from '@latchkey/client/cookie-client';
import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';
import { signIn } from '../api/account';
import { accountMessages, messages } from '../messages';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { Cancelled } from '../ui/use-task';
import { AccountEmailField } from './account-email-field';

/** Runs an action. If the service requires a recent sign-in, asks for the password and runs the action again. */
type WithReauthentication = <T>(action: () => Promise<T>) => Promise<T>;

const ReauthenticationContext = createContext<WithReauthentication>((action) => action());

export const useReauthentication = () => useContext(ReauthenticationContext);

interface Prompt {
  readonly onConfirmed: () => void;
  readonly onCancel: () => void;
}

export function Reauthentication({ email, children }: { email: string; children: ComponentChildren }) {
  const [prompt, setPrompt] = useState<Prompt | null>(null);
  const withReauthentication = useCallback<WithReauthentication>(async (action) => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'reauthentication_required')) throw error;
    }
    try {
      await new Promise<void>((resolve, reject) =>
        setPrompt({ onConfirmed: resolve, onCancel: () => reject(new Cancelled()) }),
      );
    } finally {
      setPrompt(null);
    }
    return action();
  }, []);
  return (
    <ReauthenticationContext.Provider value={withReauthentication}>
      {children}
      {prompt && <ReauthenticationDialog email={email} {...prompt} />}
    </ReauthenticationContext.Provider>
  );
}

function ReauthenticationDialog({ email, onConfirmed, onCancel }: Prompt & { email: string }) {
  return (
    <Dialog title={accountMessages.reauthentication.title} onCancel={onCancel}>
      <p>{accountMessages.reauthentication.text}</p>
      <Form
        submitLabel={accountMessages.reauthentication.continue}
        onCancel={onCancel}
        onSubmit={async ({ password = '' }) => {
          await signIn(email, password);
          onConfirmed();
        }}
      >
        <AccountEmailField email={email} />
        <Field
          label={messages.common.password}
          name="password"
          type="password"
          autoComplete="current-password"
          takesFocus
        />
      </Form>
    </Dialog>
  );
}

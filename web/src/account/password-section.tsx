import { useState } from 'preact/hooks';
import { client } from '../api/client';
import { pendingNote } from '../copy/pending-note';
import { accountMessages, messages } from '../messages';
import { PATHS } from '../paths';
import { useAnnounce } from '../ui/announcer';
import { Button } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { NewPasswordField } from '../ui/new-password-field';
import { AccountEmailField } from './account-email-field';
import { useReauthentication } from './reauthentication';

interface PasswordSectionProps {
  readonly email: string;
  /** Opens the dialog, and is shown in it. */
  readonly reason: string | null;
  readonly onReasonHandled: () => void;
  /** Runs the action, which also signs out all other devices. */
  readonly whileRevokingOthers: <T>(action: () => Promise<T>) => Promise<T>;
}

export function PasswordSection(props: PasswordSectionProps) {
  const { reason, onReasonHandled } = props;
  const [isChanging, setIsChanging] = useState(location.pathname === PATHS.changePassword);
  const handleClose = () => {
    setIsChanging(false);
    onReasonHandled();
    // A reload must not open the dialog again.
    if (location.pathname === PATHS.changePassword) history.replaceState(null, '', PATHS.account);
  };
  return (
    <section aria-labelledby="password">
      <h2 id="password">{accountMessages.password.title}</h2>
      <p class="aside">{accountMessages.password.text}</p>
      <div class="buttons">
        <Button onClick={() => setIsChanging(true)}>{accountMessages.password.change}</Button>
      </div>
      {(isChanging || reason !== null) && <ChangePasswordDialog {...props} onClose={handleClose} />}
    </section>
  );
}

function ChangePasswordDialog({
  email,
  reason,
  whileRevokingOthers,
  onClose,
}: PasswordSectionProps & { onClose: () => void }) {
  const announce = useAnnounce();
  const withReauthentication = useReauthentication();
  const change = async ({ current = '', newPassword = '' }) => {
    const outcome = await withReauthentication(() =>
      whileRevokingOthers(() => client.changePassword({ current, next: newPassword })),
    );
    onClose();
    announce(accountMessages.password.changed + pendingNote(outcome));
  };
  return (
    <Dialog title={accountMessages.password.changeTitle} onCancel={onClose}>
      {reason !== null && <p>{reason}</p>}
      <Form submitLabel={accountMessages.password.change} onSubmit={change} onCancel={onClose}>
        <AccountEmailField email={email} />
        <Field
          label={accountMessages.password.current}
          name="current"
          type="password"
          autoComplete="current-password"
          takesFocus
        />
        <NewPasswordField label={messages.common.newPassword} name="newPassword" />
      </Form>
    </Dialog>
  );
}

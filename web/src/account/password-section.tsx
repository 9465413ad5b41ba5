import { useState } from 'preact/hooks';
import { changePassword } from '../api/account';
import { pendingNote } from '../copy/pending-note';
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
  /** Runs the action, which also signs out all other devices. */
  readonly whileRevokingOthers: <T>(action: () => Promise<T>) => Promise<T>;
}

export function PasswordSection({ email, whileRevokingOthers }: PasswordSectionProps) {
  const [isChanging, setIsChanging] = useState(location.pathname === PATHS.changePassword);
  const handleClose = () => {
    setIsChanging(false);
    // A reload must not open the dialog again.
    if (location.pathname === PATHS.changePassword) history.replaceState(null, '', PATHS.account);
  };
  return (
    <section aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p class="aside">Changing your password signs out all your other devices.</p>
      <div class="buttons">
        <Button onClick={() => setIsChanging(true)}>Change password</Button>
      </div>
      {isChanging && (
        <ChangePasswordDialog email={email} whileRevokingOthers={whileRevokingOthers} onClose={handleClose} />
      )}
    </section>
  );
}

function ChangePasswordDialog({
  email,
  whileRevokingOthers,
  onClose,
}: PasswordSectionProps & { onClose: () => void }) {
  const announce = useAnnounce();
  const withReauthentication = useReauthentication();
  const change = async ({ current = '', newPassword = '' }) => {
    const outcome = await withReauthentication(() =>
      whileRevokingOthers(() => changePassword(current, newPassword)),
    );
    onClose();
    announce(`Password changed. All your other devices are signed out.${pendingNote(outcome)}`);
  };
  return (
    <Dialog title="Change your password" onCancel={onClose}>
      <Form submitLabel="Change password" onSubmit={change} onCancel={onClose}>
        <AccountEmailField email={email} />
        <Field
          label="Current password"
          name="current"
          type="password"
          autoComplete="current-password"
          takesFocus
        />
        <NewPasswordField label="New password" name="newPassword" />
      </Form>
    </Dialog>
  );
}

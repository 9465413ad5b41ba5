import { useState } from 'preact/hooks';
import { changePassword } from '../api/account';
import { onItsWay } from '../copy/pending-note';
import { useAnnounce } from '../ui/announcer';
import { BusyButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { NewPasswordField } from '../ui/new-password-field';
import { OwnAddress } from './account-email-field';
import { useSensitive } from './reauthentication';

interface PasswordSectionProps {
  readonly email: string;
  /** Does what signs every other device out. */
  readonly endingOthers: <T>(act: () => Promise<T>) => Promise<T>;
}

export function PasswordSection({ email, endingOthers }: PasswordSectionProps) {
  const [isChanging, setIsChanging] = useState(false);
  return (
    <section aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p class="aside">Changing it signs every other device out.</p>
      <div class="buttons">
        <BusyButton onClick={() => setIsChanging(true)}>Change password</BusyButton>
      </div>
      {isChanging && (
        <PasswordDialog email={email} endingOthers={endingOthers} onClose={() => setIsChanging(false)} />
      )}
    </section>
  );
}

function PasswordDialog({ email, endingOthers, onClose }: PasswordSectionProps & { onClose: () => void }) {
  const announce = useAnnounce();
  const sensitive = useSensitive();
  const change = async ({ current = '', wanted = '' }) => {
    const enforcement = await sensitive(() => endingOthers(() => changePassword(current, wanted)));
    onClose();
    announce(`Your password is changed. Every other device is signed out.${onItsWay(enforcement)}`);
  };
  return (
    <Dialog title="Change your password" onCancel={onClose}>
      <Form action="Change password" onSend={change} onCancel={onClose}>
        <OwnAddress email={email} />
        <Field
          label="Current password"
          name="current"
          type="password"
          autoComplete="current-password"
          hasFocus
        />
        <NewPasswordField label="New password" name="wanted" />
      </Form>
    </Dialog>
  );
}

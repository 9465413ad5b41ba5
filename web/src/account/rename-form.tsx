import type { Device } from '@latchkey/client/cookie-client';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { client } from '../api/client';
import { bidiIsolate } from '../copy/bidi-isolate';
import { accountMessages } from '../messages';
import { useAnnounce } from '../ui/announcer';
import { Field } from '../ui/field';
import { Form } from '../ui/form';
import { useReauthentication } from './reauthentication';

const MAX_LENGTH = 64;

interface RenameFormProps {
  readonly device: Device;
  readonly onRenamed: () => Promise<void>;
  readonly onClose: () => void;
}

export function RenameForm({ device, onRenamed, onClose }: RenameFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const announce = useAnnounce();
  const withReauthentication = useReauthentication();
  // A layout effect, so that the next key press already goes into the field.
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const save = async ({ name: typed = '' }) => {
    const name = typed.trim();
    if (name !== '' && name !== device.name) {
      await withReauthentication(() => client.devices.rename(device.id, name));
      await onRenamed();
      announce(accountMessages.devices.renamed(bidiIsolate(name)));
    }
    onClose();
  };
  return (
    <div class="rename">
      <Form submitLabel={accountMessages.devices.save} onSubmit={save} onCancel={onClose}>
        <Field
          label={accountMessages.devices.name}
          name="name"
          type="text"
          autoComplete="off"
          value={device.name}
          maxLength={MAX_LENGTH}
          inputRef={input}
        />
      </Form>
    </div>
  );
}

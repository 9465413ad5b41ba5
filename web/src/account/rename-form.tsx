import { useLayoutEffect, useRef } from 'preact/hooks';
import { rename } from '../api/account';
import type { Device } from '../api/types';
import { bidiIsolate } from '../copy/bidi-isolate';
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
      await withReauthentication(() => rename(device.id, name));
      await onRenamed();
      announce(`Renamed to ${bidiIsolate(name)}.`);
    }
    onClose();
  };
  return (
    <div class="rename">
      <Form submitLabel="Save" onSubmit={save} onCancel={onClose}>
        <Field
          label="Device name"
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

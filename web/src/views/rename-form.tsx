import { useLayoutEffect, useRef } from 'preact/hooks';
import { rename } from '../api/account';
import type { Device } from '../api/shapes';
import { useAnnounce } from '../parts/announcer';
import { BusyButton } from '../parts/busy-button';
import { entered, Field } from '../parts/field';
import { useTask } from '../parts/use-task';
import { inWords } from '../words/failure';
import { isolated } from '../words/quoted';
import { useSensitive } from './reauthentication';

const MAX_LENGTH = 64;

interface RenameFormProps {
  readonly device: Device;
  readonly onRenamed: () => Promise<void>;
  readonly onClose: () => void;
}

export function RenameForm({ device, onRenamed, onClose }: RenameFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const announce = useAnnounce();
  const sensitive = useSensitive();
  // Before the next key is pressed.
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const task = useTask(async () => {
    const name = (entered(form.current).name ?? '').trim();
    if (name !== '' && name !== device.name) {
      await sensitive(() => rename(device.id, name));
      await onRenamed();
      announce(`Renamed to ${isolated(name)}.`);
    }
    onClose();
  });
  return (
    <form
      ref={form}
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        void task.run();
      }}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <Field
        label="Name"
        name="name"
        type="text"
        autoComplete="off"
        value={device.name}
        maxLength={MAX_LENGTH}
        inputRef={input}
      />
      <div role="alert">{task.error !== null && <p class="error">{inWords(task.error)}</p>}</div>
      <div class="buttons">
        <BusyButton type="submit" look="primary" isBusy={task.isBusy}>
          Save
        </BusyButton>
        <BusyButton onClick={onClose}>Cancel</BusyButton>
      </div>
    </form>
  );
}

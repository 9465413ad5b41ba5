import { useId, useState } from 'preact/hooks';
import type { Device, Session } from '../api/types';
import { formatLocation } from '../copy/format-location';
import { Button } from '../ui/button';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { RenameForm } from './rename-form';
import { SessionList } from './session-list';

interface DeviceCardProps {
  readonly device: Device;
  readonly onRevoke: () => void;
  readonly onRevokeSession: (session: Session) => void;
  readonly onRenamed: () => Promise<void>;
}

export function DeviceCard({ device, onRevoke, onRevokeSession, onRenamed }: DeviceCardProps) {
  const nameId = useId();
  return (
    <li
      class={device.current ? 'card card-current' : 'card'}
      data-device={device.id}
      aria-labelledby={nameId}
    >
      <Icon name={device.kind} />
      <div class="card-content">
        <Name device={device} nameId={nameId} onRenamed={onRenamed} />
        <Facts device={device} />
        <div class="card-footer">
          <SessionList device={device} onRevoke={onRevokeSession} />
          <Button onClick={onRevoke}>
            Sign out
            <span class="hidden-text">
              {' '}
              <bdi>{device.name}</bdi>
            </span>
          </Button>
        </div>
      </div>
    </li>
  );
}

interface NameProps {
  readonly device: Device;
  readonly nameId: string;
  readonly onRenamed: () => Promise<void>;
}

function Name({ device, nameId, onRenamed }: NameProps) {
  const [isRenaming, setIsRenaming] = useState<boolean | 'done'>(false);
  return (
    <div class="name">
      <h2 id={nameId} class={isRenaming === true ? 'hidden-text' : undefined}>
        <bdi>{device.name}</bdi>
        {device.current && <span class="badge">This device</span>}
      </h2>
      {isRenaming === true ? (
        <RenameForm device={device} onRenamed={onRenamed} onClose={() => setIsRenaming('done')} />
      ) : (
        <button
          type="button"
          class="link"
          ref={(button) => {
            // The form that had the focus has closed.
            if (button && isRenaming === 'done' && document.activeElement === document.body) button.focus();
          }}
          onClick={() => setIsRenaming(true)}
        >
          Rename
          <span class="hidden-text">
            {' '}
            <bdi>{device.name}</bdi>
          </span>
        </button>
      )}
    </div>
  );
}

function Facts({ device }: { device: Device }) {
  const kind = [device.browser, device.system].filter(Boolean).join(' on ');
  return (
    <dl class="facts">
      {kind && kind !== device.name && <Fact label="Browser">{kind}</Fact>}
      <Fact label="Last active">{device.current ? 'Now' : <RelativeTime at={device.last_seen_at} />}</Fact>
      {formatLocation(device) && <Fact label="Location">{formatLocation(device)}</Fact>}
      <Fact label="First sign-in">
        <RelativeTime at={device.first_seen_at} />
      </Fact>
    </dl>
  );
}

function Fact({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}

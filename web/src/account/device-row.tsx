import type { Device, Session } from '@latchkey/client/cookie-client';
import { useId, useState } from 'preact/hooks';
import { bidiIsolate } from '../copy/bidi-isolate';
import { shownName } from '../copy/device-name';
import { formatLocation, formatPlace } from '../copy/format-location';
import { accountMessages, messages } from '../messages';
import { Button } from '../ui/button';
import { Flag } from '../ui/flag';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { RenameForm } from './rename-form';
import { SessionList } from './session-list';
import type { Selection } from './use-selection';

interface DeviceRowProps {
  readonly device: Device;
  /** Without one, the device cannot be selected. */
  readonly selection?: Selection;
  readonly onRevoke: () => void;
  readonly onRevokeSession: (session: Session) => void;
  readonly onRenamed: () => Promise<void>;
}

/** One line, and the details below it when the user opens them. */
export function DeviceRow({ device, selection, onRevoke, onRevokeSession, onRenamed }: DeviceRowProps) {
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const { name, current } = device;
  return (
    <li
      class={current ? 'device device-current' : 'device'}
      data-device={device.id}
      aria-labelledby={`${id}-name`}
    >
      <div class="device-line">
        {selection && !current && (
          <input
            type="checkbox"
            aria-label={accountMessages.devices.select(bidiIsolate(name))}
            checked={selection.has(device)}
            onChange={({ currentTarget }) => selection.set([device], currentTarget.checked)}
          />
        )}
        <Icon name={device.kind} browser={device.browser} />
        <div class="device-text">
          <p class="device-name" id={`${id}-name`}>
            <bdi>{name}</bdi>
            {current && <span class="badge">{accountMessages.devices.thisDevice}</span>}
          </p>
          <p class="aside">
            {current
              ? accountMessages.devices.activeNow
              : accountMessages.devices.active(<RelativeTime at={device.last_seen_at} />)}
            {formatPlace(device) && (
              <>
                {' · '}
                <Flag place={device.place} />
                {formatPlace(device)}
              </>
            )}
          </p>
        </div>
        <button
          type="button"
          class="link disclosure"
          aria-expanded={isOpen}
          aria-controls={`${id}-details`}
          onClick={() => setIsOpen(!isOpen)}
        >
          <span class="disclosure-label">{accountMessages.devices.details}</span>
          <span class="hidden-text">{accountMessages.devices.detailsOf(<bdi>{name}</bdi>)}</span>
        </button>
        <Button onClick={onRevoke}>
          {messages.common.signOut}
          <span class="hidden-text">{accountMessages.devices.signOutName(<bdi>{name}</bdi>)}</span>
        </Button>
      </div>
      <div id={`${id}-details`} hidden={!isOpen}>
        {isOpen && (
          <div class="device-details">
            <Facts device={device} />
            <Rename device={device} onRenamed={onRenamed} />
            <SessionList device={device} onRevoke={onRevokeSession} />
          </div>
        )}
      </div>
    </li>
  );
}

interface RenameProps {
  readonly device: Device;
  readonly onRenamed: () => Promise<void>;
}

function Rename({ device, onRenamed }: RenameProps) {
  const [isRenaming, setIsRenaming] = useState<boolean | 'done'>(false);
  if (isRenaming === true)
    return <RenameForm device={device} onRenamed={onRenamed} onClose={() => setIsRenaming('done')} />;
  return (
    <button
      type="button"
      class="link"
      ref={(button) => {
        // The form that had the focus has closed.
        if (button && isRenaming === 'done' && document.activeElement === document.body) button.focus();
      }}
      onClick={() => setIsRenaming(true)}
    >
      {accountMessages.devices.rename}
      <span class="hidden-text">{accountMessages.devices.renameName(<bdi>{device.name}</bdi>)}</span>
    </button>
  );
}

function Facts({ device }: { device: Device }) {
  const kind = shownName([device.browser, device.system].filter(Boolean).join(' on '));
  const { brand, model } = device;
  const deviceText = model && brand && !model.startsWith(brand) ? `${brand} ${model}` : model;
  return (
    <dl class="facts">
      {deviceText && <Fact label={accountMessages.devices.device}>{deviceText}</Fact>}
      {kind && kind !== device.name && <Fact label={accountMessages.devices.browser}>{kind}</Fact>}
      {formatLocation(device) && (
        <Fact label={accountMessages.devices.location}>{formatLocation(device)}</Fact>
      )}
      <Fact label={accountMessages.devices.firstSignIn}>
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

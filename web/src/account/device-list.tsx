import type { Device } from '@latchkey/client/cookie-client';
import { client } from '../api/client';
import { accountMessages } from '../messages';
import { Button } from '../ui/button';
import { groupDevices } from './device-groups';
import { DeviceRow } from './device-row';
import { DeviceSkeleton } from './device-skeleton';
import { ManyDevices } from './many-devices';
import {
  allDevicesTarget,
  deviceTarget,
  otherDevicesTarget,
  type RevocationTarget,
  sessionTarget,
} from './revocation-target';
import type { LiveState } from './use-live-account';

export interface DeviceListProps {
  readonly devices: readonly Device[];
  readonly onRevoke: (target: RevocationTarget) => void;
  readonly onRenamed: () => Promise<void>;
}

type LoadingListProps = Omit<DeviceListProps, 'devices'> & {
  readonly devices: readonly Device[] | null;
  readonly liveState: LiveState;
};

/** More than these need a search, groups and a selection. */
const FEW_DEVICES = 6;

export function DeviceList({ devices, liveState, ...handlers }: LoadingListProps) {
  if (!devices) return <DeviceSkeleton />;
  const List = devices.length > FEW_DEVICES ? ManyDevices : FewDevices;
  return (
    <>
      <p class="lead">
        {accountMessages.devices.signedInOn(devices.length)} <LiveStatus state={liveState} />
      </p>
      <List devices={devices} {...handlers} />
    </>
  );
}

function FewDevices({ devices, onRevoke, onRenamed }: DeviceListProps) {
  const sorted = groupDevices(devices, client.serverNow()).flatMap((group) => group.devices);
  return (
    <>
      <ul class="rows">
        {sorted.map((device) => (
          <DeviceRow
            key={device.id}
            device={device}
            onRevoke={() => onRevoke(deviceTarget(device))}
            onRevokeSession={(session) => onRevoke(sessionTarget(session, device))}
            onRenamed={onRenamed}
          />
        ))}
      </ul>
      <div class="buttons">
        {devices.length > 1 && (
          <Button variant="danger" onClick={() => onRevoke(otherDevicesTarget(sorted))}>
            {accountMessages.devices.signOutOthers}
          </Button>
        )}
        <Button onClick={() => onRevoke(allDevicesTarget(sorted))}>
          {accountMessages.devices.signOutEverywhere}
        </Button>
      </div>
    </>
  );
}

function LiveStatus({ state }: { state: LiveState }) {
  return <span class={state === 'live' ? 'live live-on' : 'live'}>{accountMessages.live[state]}</span>;
}

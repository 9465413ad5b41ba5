import type { StreamState } from '../api/account-events';
import type { Device } from '../api/types';
import { Button } from '../ui/button';
import { DeviceCard } from './device-card';
import { DeviceSkeleton } from './device-skeleton';
import {
  allDevicesTarget,
  deviceTarget,
  otherDevicesTarget,
  type RevocationTarget,
  sessionTarget,
} from './revocation-target';

interface DeviceListProps {
  readonly devices: readonly Device[] | null;
  readonly liveState: StreamState;
  readonly onRevoke: (target: RevocationTarget) => void;
  readonly onRenamed: () => Promise<void>;
}

export function DeviceList({ devices, liveState, onRevoke, onRenamed }: DeviceListProps) {
  if (!devices) return <DeviceSkeleton />;
  const sorted = [...devices].sort(currentThenLatest);
  const count = devices.length === 1 ? 'only on this device' : `on ${devices.length} devices`;
  return (
    <>
      <p class="lead">
        You’re signed in {count}. <LiveStatus state={liveState} />
      </p>
      <ul class="cards">
        {sorted.map((device) => (
          <DeviceCard
            key={device.id}
            device={device}
            onRevoke={() => onRevoke(deviceTarget(device))}
            onRevokeSession={(session) => onRevoke(sessionTarget(session, device))}
            onRenamed={onRenamed}
          />
        ))}
      </ul>
      <div class="buttons device-actions">
        {devices.length > 1 && (
          <Button variant="danger" onClick={() => onRevoke(otherDevicesTarget(sorted))}>
            Sign out all other devices
          </Button>
        )}
        <Button onClick={() => onRevoke(allDevicesTarget(sorted))}>Sign out everywhere</Button>
      </div>
    </>
  );
}

const LIVE_STATES: Readonly<Record<StreamState, string>> = {
  live: 'Updating live',
  connecting: 'Connecting…',
  paused: 'Paused while you’re away',
  offline: 'You’re offline',
};

function LiveStatus({ state }: { state: StreamState }) {
  return <span class={state === 'live' ? 'live live-on' : 'live'}>{LIVE_STATES[state]}</span>;
}

function currentThenLatest(a: Device, b: Device): number {
  return Number(b.current) - Number(a.current) || Date.parse(b.last_seen_at) - Date.parse(a.last_seen_at);
}

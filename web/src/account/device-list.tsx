import type { Device } from '../api/types';
import { BusyButton } from '../ui/button';
import { DeviceCard } from './device-card';
import { Skeleton } from './device-skeleton';
import { type Ending, endingOf, endingOfAll, endingOfOthers, endingOfSession } from './revocation-target';

interface DeviceListProps {
  readonly devices: readonly Device[] | null;
  readonly isLive: boolean;
  readonly onEnd: (ending: Ending) => void;
  readonly onRenamed: () => Promise<void>;
}

export function DeviceList({ devices, isLive, onEnd, onRenamed }: DeviceListProps) {
  if (!devices) return <Skeleton />;
  const sorted = [...devices].sort(thisFirstThenLatest);
  const count = devices.length === 1 ? 'only on this device' : `on ${devices.length} devices`;
  return (
    <>
      <p class="lead">
        You are signed in {count}. <Liveness isLive={isLive} />
      </p>
      <ul class="cards">
        {sorted.map((device) => (
          <DeviceCard
            key={device.id}
            device={device}
            onEnd={() => onEnd(endingOf(device))}
            onEndSession={(session) => onEnd(endingOfSession(session, device))}
            onRenamed={onRenamed}
          />
        ))}
      </ul>
      <div class="buttons all">
        {devices.length > 1 && (
          <BusyButton look="danger" onClick={() => onEnd(endingOfOthers(sorted))}>
            Sign out all other devices
          </BusyButton>
        )}
        <BusyButton onClick={() => onEnd(endingOfAll(sorted))}>Sign out everywhere</BusyButton>
      </div>
    </>
  );
}

function Liveness({ isLive }: { isLive: boolean }) {
  return <span class={isLive ? 'live live-on' : 'live'}>{isLive ? 'This list is live' : 'Connecting…'}</span>;
}

function thisFirstThenLatest(a: Device, b: Device): number {
  return Number(b.current) - Number(a.current) || Date.parse(b.last_seen_at) - Date.parse(a.last_seen_at);
}

import type { Device, Session } from '../api/types';
import { isolated } from '../copy/bidi-isolate';

/** Something that somebody is about to end. */
export interface Ending {
  readonly path: string;
  readonly title: string;
  readonly action: string;
  /** What it is, by name. */
  readonly names: readonly string[];
  readonly ids: readonly string[];
  readonly includesThis: boolean;
  /** Once it is done. */
  readonly told: string;
}

export function endingOf(device: Device): Ending {
  return {
    path: `/devices/${device.id}`,
    title: device.current ? 'Sign out this device?' : 'Sign out this other device?',
    action: 'Sign out',
    names: [device.name],
    ids: [device.id],
    includesThis: device.current,
    told: device.current ? 'You signed out.' : `${isolated(device.name)} is signed out.`,
  };
}

export function endingOfSession(session: Session, device: Device): Ending {
  return {
    path: `/sessions/${session.id}`,
    title: 'End this session?',
    action: 'End session',
    names: [device.name],
    // A device goes with its last session.
    ids: device.sessions.length === 1 ? [device.id] : [],
    includesThis: session.current,
    told: `A session on ${isolated(device.name)} has ended.`,
  };
}

export function endingOfOthers(devices: readonly Device[]): Ending {
  const others = devices.filter(({ current }) => !current);
  return {
    path: '/devices?except=current',
    title: 'Sign out all other devices?',
    action: others.length === 1 ? 'Sign out 1 device' : `Sign out ${others.length} devices`,
    names: others.map(({ name }) => name),
    ids: others.map(({ id }) => id),
    includesThis: false,
    told: 'All other devices are signed out.',
  };
}

export function endingOfAll(devices: readonly Device[]): Ending {
  return {
    path: '/devices',
    title: 'Sign out everywhere?',
    action: 'Sign out everywhere',
    names: devices.map(({ name, current }) => (current ? `${isolated(name)} (this device)` : name)),
    ids: devices.map(({ id }) => id),
    includesThis: true,
    told: 'You signed out everywhere.',
  };
}

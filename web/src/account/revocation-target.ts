import type { Device, Session } from '../api/types';
import { bidiIsolate } from '../copy/bidi-isolate';

/** What the user is about to sign out, with the texts of the dialog that asks for confirmation. */
export interface RevocationTarget {
  readonly path: string;
  readonly title: string;
  /** Introduces the list of device names. */
  readonly summary: string;
  readonly confirmLabel: string;
  readonly deviceNames: readonly string[];
  readonly deviceIds: readonly string[];
  readonly includesCurrent: boolean;
  /** Announced once it is done. */
  readonly doneMessage: string;
}

export function deviceTarget(device: Device): RevocationTarget {
  return {
    path: `/devices/${device.id}`,
    title: device.current ? 'Sign out this device?' : 'Sign out another device?',
    summary: summaryOf([device]),
    confirmLabel: 'Sign out',
    deviceNames: [device.name],
    deviceIds: [device.id],
    includesCurrent: device.current,
    doneMessage: device.current ? 'You’re signed out.' : `Signed out ${bidiIsolate(device.name)}.`,
  };
}

export function sessionTarget(session: Session, device: Device): RevocationTarget {
  return {
    path: `/sessions/${session.id}`,
    title: 'Sign out this session?',
    summary: 'One session on this device will be signed out right away:',
    confirmLabel: 'Sign out',
    deviceNames: [device.name],
    // A device leaves the list with its last session.
    deviceIds: device.sessions.length === 1 ? [device.id] : [],
    includesCurrent: session.current,
    doneMessage: `Signed out a session on ${bidiIsolate(device.name)}.`,
  };
}

export function otherDevicesTarget(devices: readonly Device[]): RevocationTarget {
  const others = devices.filter(({ current }) => !current);
  return {
    path: '/devices?except=current',
    title: 'Sign out all other devices?',
    summary: summaryOf(others),
    confirmLabel: others.length === 1 ? 'Sign out 1 device' : `Sign out ${others.length} devices`,
    deviceNames: others.map(({ name }) => name),
    deviceIds: others.map(({ id }) => id),
    includesCurrent: false,
    doneMessage: 'Signed out all other devices.',
  };
}

export function allDevicesTarget(devices: readonly Device[]): RevocationTarget {
  return {
    path: '/devices',
    title: 'Sign out everywhere?',
    summary: summaryOf(devices),
    confirmLabel: 'Sign out everywhere',
    deviceNames: devices.map(({ name, current }) => (current ? `${bidiIsolate(name)} (this device)` : name)),
    deviceIds: devices.map(({ id }) => id),
    includesCurrent: true,
    doneMessage: 'You’re signed out everywhere.',
  };
}

function summaryOf(devices: readonly Device[]): string {
  return devices.length === 1
    ? 'This device will be signed out right away:'
    : `These ${devices.length} devices will be signed out right away:`;
}

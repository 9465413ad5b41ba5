import type { Device, RevocationOutcome, Session } from '@latchkey/client/cookie-client';
import { revokeDevices } from '../api/account';
import { client } from '../api/client';
import { bidiIsolate } from '../copy/bidi-isolate';
import { accountMessages, messages } from '../messages';

/** What the user is about to sign out, with the texts of the dialog that asks for confirmation. */
export interface RevocationTarget {
  readonly revoke: () => Promise<RevocationOutcome>;
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
    revoke: () => client.devices.terminate(device.id),
    title: device.current ? accountMessages.revoke.thisDeviceTitle : accountMessages.revoke.otherDeviceTitle,
    summary: accountMessages.revoke.summary(1),
    confirmLabel: messages.common.signOut,
    deviceNames: [device.name],
    deviceIds: [device.id],
    includesCurrent: device.current,
    doneMessage: device.current
      ? messages.common.signedOut
      : accountMessages.revoke.deviceDone(bidiIsolate(device.name)),
  };
}

export function sessionTarget(session: Session, device: Device): RevocationTarget {
  return {
    revoke: () => client.sessions.revoke(session.id),
    title: accountMessages.revoke.sessionTitle,
    summary: accountMessages.revoke.sessionSummary,
    confirmLabel: messages.common.signOut,
    deviceNames: [device.name],
    // A device leaves the list with its last session.
    deviceIds: device.session_count === 1 ? [device.id] : [],
    includesCurrent: session.current,
    doneMessage: accountMessages.revoke.sessionDone(bidiIsolate(device.name)),
  };
}

export function someDevicesTarget(devices: readonly Device[]): RevocationTarget {
  const deviceIds = devices.map(({ id }) => id);
  const count = devices.length;
  return {
    revoke: () => revokeDevices(deviceIds),
    title: accountMessages.revoke.someTitle(count),
    summary: accountMessages.revoke.summary(devices.length),
    confirmLabel: accountMessages.revoke.someConfirm(count),
    deviceNames: devices.map(({ name }) => name),
    deviceIds,
    includesCurrent: false,
    doneMessage: accountMessages.revoke.someDone(count),
  };
}

export function otherDevicesTarget(devices: readonly Device[]): RevocationTarget {
  const others = devices.filter(({ current }) => !current);
  return {
    revoke: client.devices.terminateOthers,
    title: accountMessages.revoke.othersTitle,
    summary: accountMessages.revoke.summary(others.length),
    confirmLabel: accountMessages.revoke.someConfirm(others.length),
    deviceNames: others.map(({ name }) => name),
    deviceIds: others.map(({ id }) => id),
    includesCurrent: false,
    doneMessage: accountMessages.revoke.othersDone,
  };
}

export function allDevicesTarget(devices: readonly Device[]): RevocationTarget {
  return {
    revoke: client.devices.terminateAll,
    title: accountMessages.revoke.everywhereTitle,
    summary: accountMessages.revoke.summary(devices.length),
    confirmLabel: accountMessages.devices.signOutEverywhere,
    deviceNames: devices.map(({ name, current }) =>
      current ? accountMessages.revoke.thisDevice(bidiIsolate(name)) : name,
    ),
    deviceIds: devices.map(({ id }) => id),
    includesCurrent: true,
    doneMessage: accountMessages.revoke.everywhereDone,
  };
}

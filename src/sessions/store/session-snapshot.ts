import type { SnapshotFormat } from '@latchkey/revocation/redis/redis-shared-cache';
import type { SessionSnapshot as ProtocolSnapshot } from '@latchkey/revocation/session-snapshot';
import { type DeviceKind, isDeviceKind } from '../../user-agents/device-kind.js';

/** One session as Postgres had it at `readAt`. */
export interface SessionSnapshot extends ProtocolSnapshot {
  readonly deviceId: string;
  /** The user's count of role changes. */
  readonly rolesVersion: number;
  /** For display only. May be out of date, since nothing is decided by it. */
  readonly profile: SessionProfile;
  /** The last use or poll that is written, epoch milliseconds. */
  readonly activeAt: number;
  /** Where that came from. */
  readonly address: string | null;
  /** Country codes from which the session is known to be used, and the clients that are known to use it. */
  readonly countries: readonly string[];
  readonly clients: readonly string[];
  /** Nothing is granted until the user has logged in again. */
  readonly needsLogin: boolean;
}

export interface SessionProfile {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly deviceName: string;
  readonly deviceKind: DeviceKind;
  readonly browser: string | null;
  readonly system: string | null;
}

/** Increase `version` when the shape of a snapshot changes, or how it is sealed. */
export const SNAPSHOT_FORMAT: SnapshotFormat<SessionSnapshot> = { version: 7, isSnapshotOf };

function isSnapshotOf(sessionId: string, value: unknown): value is SessionSnapshot {
  if (typeof value !== 'object' || value === null) return false;
  const it = value as Record<string, unknown>;
  return (
    it.sessionId === sessionId &&
    typeof it.userId === 'string' &&
    typeof it.deviceId === 'string' &&
    it.status === 'active' &&
    [it.createdAt, it.sessionEpoch, it.rolesVersion, it.readAt, it.lastSeenAt, it.activeAt].every(
      Number.isFinite,
    ) &&
    (it.address === null || typeof it.address === 'string') &&
    [it.countries, it.clients].every(isTexts) &&
    typeof it.needsLogin === 'boolean' &&
    isProfile(it.profile)
  );
}

function isProfile(value: unknown): value is SessionProfile {
  if (typeof value !== 'object' || value === null) return false;
  const it = value as Record<string, unknown>;
  return (
    [it.email, it.deviceName].every((text) => typeof text === 'string') &&
    typeof it.emailVerified === 'boolean' &&
    isDeviceKind(it.deviceKind) &&
    [it.browser, it.system].every((text) => text === null || typeof text === 'string')
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

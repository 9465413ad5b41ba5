/** What a preset may mark as needing a recent login. */
export const SENSITIVE_ACTIONS = ['device.rename', 'device.terminate', 'session.revoke'] as const;
export type SensitiveAction = (typeof SENSITIVE_ACTIONS)[number];

/** The rules a deployment sets for its sessions. Durations are milliseconds. */
export interface SessionPolicy {
  /** A session unused for longer is over. */
  readonly idleTtlMs: number;
  /** A session older than this is over, however active. */
  readonly absoluteTtlMs: number;
  /** Devices signed in at once; the one whose login is longest ago is signed out for a new one. `Infinity`: any number. */
  readonly maxDevices: number;
  /** Sessions active at once; the oldest ends for a new one. `Infinity`: any number. */
  readonly maxSessions: number;
  /** How young the login must be for a sensitive action. `Infinity`: any age. */
  readonly reauthenticationMaxAgeMs: number;
  readonly sensitiveActions: readonly SensitiveAction[];
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** The platforms Latchkey can stand in for; each value can be overridden by a variable of its own. */
export const POLICY_PRESETS = {
  /** Facebook, Google: logged in for months, on any number of devices. */
  social: {
    idleTtlMs: 60 * DAY,
    absoluteTtlMs: 365 * DAY,
    maxDevices: Number.POSITIVE_INFINITY,
    maxSessions: Number.POSITIVE_INFINITY,
    reauthenticationMaxAgeMs: Number.POSITIVE_INFINITY,
    sensitiveActions: [],
  },
  /** Netflix: a fixed number of devices, the oldest makes room. */
  streaming: {
    idleTtlMs: 60 * DAY,
    absoluteTtlMs: 365 * DAY,
    maxDevices: 5,
    maxSessions: Number.POSITIVE_INFINITY,
    reauthenticationMaxAgeMs: Number.POSITIVE_INFINITY,
    sensitiveActions: [],
  },
  /** A banking app: one short session, and a fresh login for what matters. */
  bank: {
    idleTtlMs: 5 * MINUTE,
    absoluteTtlMs: 720 * MINUTE,
    maxDevices: Number.POSITIVE_INFINITY,
    maxSessions: 1,
    reauthenticationMaxAgeMs: 5 * MINUTE,
    sensitiveActions: SENSITIVE_ACTIONS,
  },
} as const satisfies Record<string, SessionPolicy>;

export type PolicyName = keyof typeof POLICY_PRESETS;

import ms from 'ms';

/** The actions that a policy can make subject to a recent login. */
export const SENSITIVE_ACTIONS = [
  'device.rename',
  'device.terminate',
  'session.revoke',
  'sign_in.answer',
] as const;
export type SensitiveAction = (typeof SENSITIVE_ACTIONS)[number];

/** Signs that a session or a login may be a thief's. Reuse of a refresh token is not listed: it always revokes the session. */
export const SUSPICIONS = [
  /** The session is used from another country, too far away to have traveled there since its last use. */
  'impossible_travel',
  /** A browser's session is used by another browser, or on another operating system. */
  'client_changed',
  /** A browser's session is used by a program that is not a browser. */
  'client_scripted',
  /** A refresh token that was rotated is presented again, in the grace period, by another client or from another network. */
  'refresh_token_shared',
  /** A device token is presented by another browser or operating system than the one it was issued to. */
  'device_token_shared',
  /** A login with the right password follows failed ones, on a device that is new to the account. */
  'sign_in_after_failures',
] as const;
export type Suspicion = (typeof SUSPICIONS)[number];

/** What the service does about a suspicion, mildest first. */
export const SUSPICION_ACTIONS = ['off', 'notify', 'require_reauthentication', 'end'] as const;
export type SuspicionAction = (typeof SUSPICION_ACTIONS)[number];

/** Suspicions about a login. Requiring another login would prove nothing: this one just presented the credentials. */
export const SUSPICIONS_OF_LOGINS: readonly Suspicion[] = ['device_token_shared', 'sign_in_after_failures'];

/** The rules of a deployment for its sessions. */
export interface SessionPolicy {
  /** A session expires after this long without use. */
  readonly idleTtlMs: number;
  /** A session expires at this age, even if it is in use. */
  readonly absoluteTtlMs: number;
  /** Devices signed in at once; a new login signs out the one that was used least recently. `Infinity` for no limit. */
  readonly maxDevices: number;
  /** Active sessions of a user; a new login revokes the one that was used least recently. */
  readonly maxSessions: number;
  /** Maximum age of the login for a sensitive action. `Infinity` for any age. */
  readonly reauthenticationMaxAgeMs: number;
  readonly sensitiveActions: readonly SensitiveAction[];
  readonly suspicionActions: Readonly<Record<Suspicion, SuspicionAction>>;
}

/** No policy allows more, so that no user can make lists and revocations slow. */
export const MAX_SESSIONS_PER_USER = 500;

/**
 * Does not sign a user out for a VPN, or for a backend that acts on their behalf. A session that moves to another browser
 * is treated as stolen.
 */
const LENIENT = {
  impossible_travel: 'notify',
  client_changed: 'end',
  client_scripted: 'notify',
  refresh_token_shared: 'notify',
  device_token_shared: 'notify',
  sign_in_after_failures: 'notify',
} as const satisfies SessionPolicy['suspicionActions'];

/** Presets modeled on well-known platforms. A variable overrides each value. */
export const POLICY_PRESETS = {
  /** Like Facebook and Google: logged in for months, on any number of devices. */
  social: {
    idleTtlMs: ms('60d'),
    absoluteTtlMs: ms('365d'),
    maxDevices: Number.POSITIVE_INFINITY,
    maxSessions: MAX_SESSIONS_PER_USER,
    reauthenticationMaxAgeMs: Number.POSITIVE_INFINITY,
    sensitiveActions: [],
    suspicionActions: LENIENT,
  },
  /** Like Netflix: a fixed number of devices; a new one replaces the oldest. */
  streaming: {
    idleTtlMs: ms('60d'),
    absoluteTtlMs: ms('365d'),
    maxDevices: 5,
    maxSessions: MAX_SESSIONS_PER_USER,
    reauthenticationMaxAgeMs: Number.POSITIVE_INFINITY,
    sensitiveActions: [],
    suspicionActions: LENIENT,
  },
  /** Like a banking app: one short session, and a recent login for sensitive actions. */
  bank: {
    idleTtlMs: ms('5m'),
    absoluteTtlMs: ms('12h'),
    maxDevices: Number.POSITIVE_INFINITY,
    maxSessions: 1,
    reauthenticationMaxAgeMs: ms('5m'),
    sensitiveActions: SENSITIVE_ACTIONS,
    suspicionActions: {
      impossible_travel: 'require_reauthentication',
      client_changed: 'end',
      client_scripted: 'end',
      refresh_token_shared: 'require_reauthentication',
      device_token_shared: 'end',
      sign_in_after_failures: 'end',
    },
  },
} as const satisfies Record<string, SessionPolicy>;

export type PolicyName = keyof typeof POLICY_PRESETS;

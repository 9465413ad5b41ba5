/** What a preset may mark as needing a recent login. */
export const SENSITIVE_ACTIONS = ['device.rename', 'device.terminate', 'session.revoke'] as const;
export type SensitiveAction = (typeof SENSITIVE_ACTIONS)[number];

/** What makes a session, or a login, look like a thief's. Reuse of a refresh token is not among them: it always ends. */
export const SUSPICIONS = [
  /** Used from another country, too far from where it was last used for the time between. */
  'impossible_travel',
  /** A browser's session is used by another browser, or on another system. */
  'client_changed',
  /** A browser's session is used by a program that is no browser. */
  'client_scripted',
  /** A device token is presented by another browser, or on another system, than it was handed to. */
  'device_token_shared',
  /** A password was guessed at, and then found, by somebody on a device that the account does not know. */
  'sign_in_after_failures',
] as const;
export type Suspicion = (typeof SUSPICIONS)[number];

/** What is done about a suspicion, the gentlest first. */
export const SUSPICION_ACTIONS = ['off', 'notify', 'require_reauthentication', 'end'] as const;
export type SuspicionAction = (typeof SUSPICION_ACTIONS)[number];

/** A login has just proved who it is: asking for another one would say nothing. */
export const SUSPICIONS_OF_LOGINS: readonly Suspicion[] = ['device_token_shared', 'sign_in_after_failures'];

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
  readonly suspicionActions: Readonly<Record<Suspicion, SuspicionAction>>;
}

const MINUTE = 60_000;
const DAY = 86_400_000;

/** Nobody is signed out for a VPN or a backend that acts for them; another browser on the same session is a thief. */
const LENIENT = {
  impossible_travel: 'notify',
  client_changed: 'end',
  client_scripted: 'notify',
  device_token_shared: 'notify',
  sign_in_after_failures: 'notify',
} as const satisfies SessionPolicy['suspicionActions'];

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
    suspicionActions: LENIENT,
  },
  /** Netflix: a fixed number of devices, the oldest makes room. */
  streaming: {
    idleTtlMs: 60 * DAY,
    absoluteTtlMs: 365 * DAY,
    maxDevices: 5,
    maxSessions: Number.POSITIVE_INFINITY,
    reauthenticationMaxAgeMs: Number.POSITIVE_INFINITY,
    sensitiveActions: [],
    suspicionActions: LENIENT,
  },
  /** A banking app: one short session, and a fresh login for what matters. */
  bank: {
    idleTtlMs: 5 * MINUTE,
    absoluteTtlMs: 720 * MINUTE,
    maxDevices: Number.POSITIVE_INFINITY,
    maxSessions: 1,
    reauthenticationMaxAgeMs: 5 * MINUTE,
    sensitiveActions: SENSITIVE_ACTIONS,
    suspicionActions: {
      impossible_travel: 'require_reauthentication',
      client_changed: 'end',
      client_scripted: 'end',
      device_token_shared: 'end',
      sign_in_after_failures: 'end',
    },
  },
} as const satisfies Record<string, SessionPolicy>;

export type PolicyName = keyof typeof POLICY_PRESETS;

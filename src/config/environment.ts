import { cleanEnv, str } from 'envalid';
import { MAILED_EVENTS } from '../policy/mailed-events.js';
import { POLICY_PRESETS, type PolicyName, type SessionPolicy } from '../policy/session-policy.js';
import type { Environment } from './config.js';
import { PACKAGED_GEOIP_DATABASES } from './packaged-geoip.js';
import {
  duration,
  durationOrNone,
  files,
  flag,
  integer,
  integerOrNone,
  mailedEvents,
  mailSender,
  origin,
  origins,
  secret,
  sensitiveActions,
  serverUrl,
  suspicionActions,
  trustProxy,
} from './validators.js';
import { webConfig } from './web-config.js';

/** Names every fault of the environment, so that one start shows them all. */
export class InvalidEnvironment extends Error {
  override readonly name = 'InvalidEnvironment';
}

const DAY_MS = 86_400_000;
/** Not a variable: a revoker waits for one lease, so all instances must agree on it. */
const LEASE_MS = 3_000;

function isPolicyName(name: string | undefined): name is PolicyName {
  return name !== undefined && Object.hasOwn(POLICY_PRESETS, name);
}

/**
 * Reads the whole environment at once.
 *
 * @param env the variables, normally `process.env`; an empty one counts as not set
 * @param developmentSecret makes the secret of a development service that was given none
 * @throws {InvalidEnvironment} naming each variable that is missing or malformed
 */
export function readEnvironment(
  env: NodeJS.ProcessEnv,
  developmentSecret: (dataDir: string) => Buffer,
): Environment {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const production = given.NODE_ENV === 'production';
  const policyName = isPolicyName(given.LATCHKEY_POLICY) ? given.LATCHKEY_POLICY : 'social';
  const preset: SessionPolicy = POLICY_PRESETS[policyName];

  const read = cleanEnv(
    given,
    {
      LOG_LEVEL: str({ choices: ['fatal', 'error', 'warn', 'info', 'debug', 'silent'], default: 'info' }),
      LATCHKEY_DATA_DIR: str({ default: '.latchkey' }),
      HOST: str({ default: production ? '0.0.0.0' : '127.0.0.1' }),
      PORT: integer(0, 65_535)({ default: 3000 }),
      METRICS_PORT: integer(1, 65_535)({ default: undefined }),
      TRUST_PROXY: trustProxy({ default: false }),
      DATABASE_URL: production
        ? serverUrl('postgres:', 'postgresql:')()
        : serverUrl('postgres:', 'postgresql:')({ default: undefined }),
      DATABASE_POOL_SIZE: integer(2, 500)({ default: 10 }),
      MIGRATE_ON_START: flag({ default: false }),
      REDIS_URL: serverUrl('redis:', 'rediss:')({ default: undefined }),
      REDIS_KEY_PREFIX: str({ default: 'latchkey' }),
      LATCHKEY_SECRET: production ? secret() : secret({ default: undefined }),
      // Not by PORT: instances behind one address listen on several, and issue the same tokens.
      LATCHKEY_ISSUER: serverUrl('http:', 'https:')({ default: 'http://localhost:3000' }),
      LATCHKEY_ORIGIN: origin({ default: undefined }),
      CORS_ORIGINS: origins({ default: [] }),
      LATCHKEY_AUDIENCE: str({ default: undefined }),
      LATCHKEY_POLICY: str({ choices: Object.keys(POLICY_PRESETS) as PolicyName[], default: 'social' }),
      ACCESS_TOKEN_TTL: duration('1s', '24h')({ default: 900_000 }),
      ACCESS_TOKEN_CACHE_SIZE: integer(1, 10_000_000)({ default: 20_000 }),
      KEY_ROTATION_INTERVAL: duration('1h', '3650d')({ default: 30 * DAY_MS }),
      REFRESH_GRACE: duration('0s', '5m')({ default: 10_000 }),
      SESSION_IDLE_TTL: duration('1s', '3650d')({ default: preset.idleTtlMs }),
      SESSION_ABSOLUTE_TTL: duration('1s', '3650d')({ default: preset.absoluteTtlMs }),
      MAX_DEVICES: integerOrNone(1, 10_000)({ default: preset.maxDevices }),
      MAX_SESSIONS: integerOrNone(1, 10_000)({ default: preset.maxSessions }),
      REAUTHENTICATION_MAX_AGE: durationOrNone('1s', '365d')({ default: preset.reauthenticationMaxAgeMs }),
      SENSITIVE_ACTIONS: sensitiveActions({ default: preset.sensitiveActions }),
      SUSPICION_ACTIONS: suspicionActions({ default: {} }),
      GEOIP_DATABASE: files({ default: PACKAGED_GEOIP_DATABASES }),
      SESSION_CACHE_SIZE: integer(1, 10_000_000)({ default: 100_000 }),
      ENDED_SET_SIZE: integer(1, 10_000_000)({ default: 1_000_000 }),
      SESSION_MAX_STALENESS: duration('1s', '1h')({ default: 300_000 }),
      SESSION_RETENTION: duration('2d', '3650d')({ default: 90 * DAY_MS }),
      PASSWORD_HASH_MEMORY_KIB: integer(8, 4_194_304)({ default: 19_456 }),
      PASSWORD_HASH_PASSES: integer(1, 1_000)({ default: 2 }),
      PASSWORD_HASH_PARALLELISM: integer(1, 64)({ default: 1 }),
      PASSWORD_HASH_CONCURRENCY: integer(1, 64)({ default: 2 }),
      PASSWORD_HASH_QUEUE: integer(0, 100_000)({ default: 100 }),
      SMTP_URL: serverUrl('smtp:', 'smtps:')({ default: undefined }),
      MAIL_FROM: mailSender({ default: undefined }),
      MAILED_EVENTS: mailedEvents({ default: MAILED_EVENTS[policyName] }),
      LOGIN_ATTEMPTS_PER_ACCOUNT: integer(1, 1_000_000)({ default: 10 }),
      LOGIN_ATTEMPTS_PER_ADDRESS: integer(1, 1_000_000)({ default: 100 }),
      LOGIN_ATTEMPTS_WINDOW: duration('1s', '24h')({ default: 900_000 }),
    },
    {
      reporter: ({ errors }) => {
        const faults = Object.entries(errors).map(([name, fault]) => `${name} ${describe(fault)}`);
        if (faults.length > 0) throw new InvalidEnvironment(faults.join('; '));
      },
    },
  );

  const web = webConfig({
    production,
    origin: read.LATCHKEY_ORIGIN,
    issuer: read.LATCHKEY_ISSUER,
    corsOrigins: read.CORS_ORIGINS,
  });

  return {
    production,
    logLevel: read.LOG_LEVEL,
    dataDir: read.LATCHKEY_DATA_DIR,
    http: { host: read.HOST, port: read.PORT, trustProxy: read.TRUST_PROXY },
    web,
    metrics: read.METRICS_PORT === undefined ? null : { host: read.HOST, port: read.METRICS_PORT },
    database: {
      url: read.DATABASE_URL ?? null,
      poolSize: read.DATABASE_POOL_SIZE,
      migrateOnStart: read.MIGRATE_ON_START,
    },
    redis: read.REDIS_URL ? { url: read.REDIS_URL, keyPrefix: read.REDIS_KEY_PREFIX } : null,
    secret: read.LATCHKEY_SECRET ?? developmentSecret(read.LATCHKEY_DATA_DIR),
    accessToken: {
      issuer: read.LATCHKEY_ISSUER,
      audience: read.LATCHKEY_AUDIENCE ?? read.LATCHKEY_ISSUER,
      ttlSeconds: Math.ceil(read.ACCESS_TOKEN_TTL / 1000),
      keyRotationMs: read.KEY_ROTATION_INTERVAL,
      cacheSize: read.ACCESS_TOKEN_CACHE_SIZE,
    },
    refreshToken: { graceMs: read.REFRESH_GRACE },
    policy: {
      idleTtlMs: read.SESSION_IDLE_TTL,
      absoluteTtlMs: read.SESSION_ABSOLUTE_TTL,
      maxDevices: read.MAX_DEVICES,
      maxSessions: read.MAX_SESSIONS,
      reauthenticationMaxAgeMs: read.REAUTHENTICATION_MAX_AGE,
      sensitiveActions: read.SENSITIVE_ACTIONS,
      suspicionActions: { ...preset.suspicionActions, ...read.SUSPICION_ACTIONS },
    },
    sessions: {
      cacheSize: read.SESSION_CACHE_SIZE,
      endedSetSize: read.ENDED_SET_SIZE,
      // An expired session's row is closed without a word to the instances: they have to notice by themselves in time.
      maxStalenessMs: Math.min(read.SESSION_MAX_STALENESS, read.SESSION_IDLE_TTL),
      retentionMs: read.SESSION_RETENTION,
      leaseMs: LEASE_MS,
    },
    geoip: { databases: read.GEOIP_DATABASE },
    passwords: {
      memoryKiB: read.PASSWORD_HASH_MEMORY_KIB,
      passes: read.PASSWORD_HASH_PASSES,
      parallelism: read.PASSWORD_HASH_PARALLELISM,
      concurrency: read.PASSWORD_HASH_CONCURRENCY,
      queueSize: read.PASSWORD_HASH_QUEUE,
    },
    mail: {
      smtpUrl: read.SMTP_URL ?? null,
      from: read.MAIL_FROM ?? `Latchkey <no-reply@${new URL(web.origin).hostname}>`,
      events: read.MAILED_EVENTS,
    },
    loginAttempts: {
      perAccount: read.LOGIN_ATTEMPTS_PER_ACCOUNT,
      perAddress: read.LOGIN_ATTEMPTS_PER_ADDRESS,
      windowSeconds: Math.ceil(read.LOGIN_ATTEMPTS_WINDOW / 1000),
    },
  };
}

function describe(fault: Error | undefined): string {
  return fault?.name === 'EnvMissingError' ? 'is required' : (fault?.message ?? 'is invalid');
}

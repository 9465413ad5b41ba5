import { POLICY_PRESETS, type PolicyName } from '../policy/session-policy.js';
import type { DatabaseEnvironment, Environment } from './config.js';
import {
  type DefaultContext,
  ENVIRONMENT_VARIABLES,
  type EnvironmentValues,
  type EnvironmentVariable,
} from './environment-variables.js';
import { fileVariable, textOrFile } from './file-variables.js';
import { productionFaults } from './production-settings.js';
import { issuer, publicUrl } from './public-url.js';
import { redisFaults, redisServers } from './redis-servers.js';
import { isLoopback, webConfig } from './web-config.js';

/** Lists every fault of the environment, so that one start shows them all. */
export class InvalidEnvironment extends Error {
  override readonly name = 'InvalidEnvironment';
}

type VariableName = keyof EnvironmentValues;

const ALL_VARIABLES = Object.keys(ENVIRONMENT_VARIABLES) as VariableName[];
const DATABASE_VARIABLES = [
  'LATCHKEY_DATA_DIR',
  'DATABASE_URL',
  'DATABASE_MIGRATION_URL',
  'DATABASE_POOL_SIZE',
  'MIGRATE_ON_START',
] as const;

/** Not a variable: a revoker waits for one lease, so all instances must agree on it. */
const LEASE_MS = 3_000;

/**
 * Reads the whole environment at once.
 *
 * @param env the variables, normally `process.env`; an empty one counts as not set, and `DATABASE_URL_FILE` names a file
 *   that contains `DATABASE_URL`
 * @param developmentSecret creates the secret of a development service that has none configured
 * @throws {InvalidEnvironment} naming each variable that is missing or malformed
 */
export function readEnvironment(
  env: NodeJS.ProcessEnv,
  developmentSecret: (dataDir: string) => Buffer,
): Environment {
  const values = readValues(env, ALL_VARIABLES);
  requireNone([...productionFaults(values), ...redisFaults(values), ...databaseFaults(values)]);
  return toEnvironment(values, values.LATCHKEY_SECRET ?? developmentSecret(values.LATCHKEY_DATA_DIR));
}

/**
 * Like `readEnvironment`, for commands that change the schema and need nothing but the database: other variables may be
 * missing, also in production, and so may `DATABASE_URL` beside `DATABASE_MIGRATION_URL`.
 *
 * @throws {InvalidEnvironment}
 */
export function readDatabaseEnvironment(env: NodeJS.ProcessEnv): DatabaseEnvironment {
  const needsUrl = isSet('DATABASE_URL', env) || !isSet('DATABASE_MIGRATION_URL', env);
  const values = readValues(
    env,
    DATABASE_VARIABLES.filter((name) => needsUrl || name !== 'DATABASE_URL'),
  );
  return databaseEnvironment({
    ...values,
    DATABASE_URL: needsUrl ? values.DATABASE_URL : values.DATABASE_MIGRATION_URL,
  });
}

function isSet(name: VariableName, env: NodeJS.ProcessEnv): boolean {
  return Boolean(env[name] || env[fileVariable(name)]);
}

function readValues<Name extends VariableName>(
  env: NodeJS.ProcessEnv,
  names: readonly Name[],
): Pick<EnvironmentValues, Name> {
  const context = defaultContext(env);
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const variable: EnvironmentVariable<unknown> = ENVIRONMENT_VARIABLES[name];
    try {
      const given = variable.isSecret ? textOrFile(name, env) : env[name];
      values[name] = readValue(variable, given, context);
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}`);
    }
  }
  requireNone(faults);
  return values as Pick<EnvironmentValues, Name>;
}

type DatabaseValues = Pick<EnvironmentValues, (typeof DATABASE_VARIABLES)[number]>;

function databaseFaults({ DATABASE_URL, DATABASE_MIGRATION_URL }: DatabaseValues): string[] {
  const isIncomplete = DATABASE_MIGRATION_URL !== null && DATABASE_URL === null;
  return isIncomplete ? ['DATABASE_MIGRATION_URL needs DATABASE_URL as well'] : [];
}

/** @throws {InvalidEnvironment} */
function requireNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new InvalidEnvironment(faults.join('; '));
}

function readValue(
  variable: EnvironmentVariable<unknown>,
  given: string | undefined,
  context: DefaultContext,
): unknown {
  if (given) return variable.read(given);
  if (context.production && variable.requiredInProduction?.(context)) throw new TypeError('is required');
  const fallback = variable.default;
  return typeof fallback === 'string' ? variable.read(fallback) : fallback.value(context);
}

function defaultContext({ NODE_ENV = '', LATCHKEY_POLICY, HOST }: NodeJS.ProcessEnv): DefaultContext {
  // An unknown policy is reported with the other faults.
  const policyName = isPolicyName(LATCHKEY_POLICY) ? LATCHKEY_POLICY : 'social';
  return {
    production: ENVIRONMENT_VARIABLES.NODE_ENV.read(NODE_ENV),
    isLoopback: HOST !== undefined && isLoopback(HOST),
    policyName,
    policy: POLICY_PRESETS[policyName],
  };
}

function isPolicyName(name: string | undefined): name is PolicyName {
  return name !== undefined && Object.hasOwn(POLICY_PRESETS, name);
}

function toEnvironment(values: EnvironmentValues, secret: Buffer): Environment {
  const production = values.NODE_ENV;
  const web = webConfig({
    production,
    origin: publicUrl(values),
    corsOrigins: values.CORS_ORIGINS,
  });
  return {
    production,
    logLevel: values.LOG_LEVEL,
    ...databaseEnvironment(values),
    http: {
      host: values.HOST,
      port: values.PORT,
      trustProxy: values.TRUST_PROXY,
      shutdownDelayMs: values.SHUTDOWN_DELAY,
    },
    web,
    brand: {
      name: values.BRAND_NAME,
      logo: values.BRAND_LOGO,
      color: values.BRAND_COLOR,
      url: values.BRAND_URL,
    },
    metrics: values.METRICS_PORT === null ? null : { host: values.HOST, port: values.METRICS_PORT },
    auditLog: values.AUDIT_LOG,
    redis: redis(values),
    secret,
    accessToken: accessToken(values),
    clients: values.LATCHKEY_CLIENTS,
    refreshToken: { graceMs: values.REFRESH_GRACE },
    policy: policy(values),
    sessions: sessions(values),
    geoip: { databases: values.GEOIP_DATABASE },
    passwords: passwords(values),
    mail: {
      smtpUrl: values.SMTP_URL,
      from:
        values.MAIL_FROM ?? `${values.BRAND_NAME ?? 'Latchkey'} <no-reply@${new URL(web.origin).hostname}>`,
      bounceAddress: values.MAIL_BOUNCE_ADDRESS,
      templates: values.MAIL_TEMPLATES,
      events: values.MAILED_EVENTS,
    },
    loginAttempts: {
      perAccount: values.LOGIN_ATTEMPTS_PER_ACCOUNT,
      perAddress: values.LOGIN_ATTEMPTS_PER_ADDRESS,
      windowSeconds: Math.ceil(values.LOGIN_ATTEMPTS_WINDOW / 1000),
    },
  };
}

function databaseEnvironment(values: DatabaseValues): DatabaseEnvironment {
  return {
    dataDir: values.LATCHKEY_DATA_DIR,
    database: {
      url: values.DATABASE_URL,
      migrationUrl: values.DATABASE_MIGRATION_URL,
      poolSize: values.DATABASE_POOL_SIZE,
      migrateOnStart: values.MIGRATE_ON_START,
    },
  };
}

function redis(values: EnvironmentValues): Environment['redis'] {
  const servers = redisServers(values);
  return servers && { servers, keyPrefix: values.REDIS_KEY_PREFIX };
}

function accessToken(values: EnvironmentValues): Environment['accessToken'] {
  return {
    issuer: issuer(values),
    audiences: values.LATCHKEY_AUDIENCE ?? [issuer(values)],
    clientId: values.LATCHKEY_CLIENT_ID,
    ttlSeconds: Math.ceil(values.ACCESS_TOKEN_TTL / 1000),
    keyRotationMs: values.KEY_ROTATION_INTERVAL,
    cacheSize: values.ACCESS_TOKEN_CACHE_SIZE,
  };
}

function policy(values: EnvironmentValues): Environment['policy'] {
  return {
    idleTtlMs: values.SESSION_IDLE_TTL,
    absoluteTtlMs: values.SESSION_ABSOLUTE_TTL,
    maxDevices: values.MAX_DEVICES,
    maxSessions: values.MAX_SESSIONS,
    reauthenticationMaxAgeMs: values.REAUTHENTICATION_MAX_AGE,
    sensitiveActions: values.SENSITIVE_ACTIONS,
    suspicionActions: {
      ...POLICY_PRESETS[values.LATCHKEY_POLICY].suspicionActions,
      ...values.SUSPICION_ACTIONS,
    },
  };
}

function sessions(values: EnvironmentValues): Environment['sessions'] {
  return {
    cacheSize: values.SESSION_CACHE_SIZE,
    endedSetSize: values.ENDED_SET_SIZE,
    // Instances are not notified when a row is marked as expired: a cached session must be read again by then.
    maxStalenessMs: Math.min(values.SESSION_MAX_STALENESS, values.SESSION_IDLE_TTL),
    retentionMs: values.SESSION_RETENTION,
    leaseMs: LEASE_MS,
  };
}

function passwords(values: EnvironmentValues): Environment['passwords'] {
  return {
    memoryKiB: values.PASSWORD_HASH_MEMORY_KIB,
    passes: values.PASSWORD_HASH_PASSES,
    parallelism: values.PASSWORD_HASH_PARALLELISM,
    concurrency: values.PASSWORD_HASH_CONCURRENCY,
    queueSize: values.PASSWORD_HASH_QUEUE,
  };
}

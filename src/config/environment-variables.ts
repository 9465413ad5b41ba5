import { MAILABLE_EVENTS, MAILED_EVENTS } from '../policy/mailed-events.js';
import {
  MAX_SESSIONS_PER_USER,
  POLICY_PRESETS,
  type PolicyName,
  SENSITIVE_ACTIONS,
  type SessionPolicy,
} from '../policy/session-policy.js';
import { brandName, color, linkUrl } from './brand-readers.js';
import { type ClientDefinition, clientDefinitions } from './client-definitions.js';
import { PACKAGED_GEOIP_DATABASES } from './packaged-geoip.js';
import {
  audiences,
  auditLog,
  bounceAddress,
  clientId,
  duration,
  files,
  flag,
  hostsAndPorts,
  integer,
  mailSender,
  oneOf,
  origin,
  origins,
  orNone,
  postgresUrl,
  type Reader,
  redisUrl,
  secret,
  serverUrl,
  someOf,
  suspicionActions,
  text,
  trustProxy,
} from './readers.js';

const always = () => true;

/** What defaults can depend on. */
export interface DefaultContext {
  readonly production: boolean;
  /** Whether only this machine can reach the service. */
  readonly isLoopback: boolean;
  readonly policyName: PolicyName;
  readonly policy: SessionPolicy;
}

/** A default that is not one fixed text. */
interface ComputedDefault<D> {
  readonly value: (context: DefaultContext) => D;
  /** The default in the documentation. */
  readonly shown: string;
  /** A value that could be set instead; empty where a copied one would be harmful. */
  readonly example: string;
}

export interface EnvironmentVariable<T, D = T> {
  readonly read: Reader<T>;
  /** A text is read like one that was set. */
  readonly default: string | ComputedDefault<D>;
  readonly requiredInProduction?: (context: DefaultContext) => boolean;
  /** Whether the value may contain a secret, so that it can also be in a file (`file-variables.ts`). */
  readonly isSecret?: true;
  /** Markdown. */
  readonly description: string;
}

/**
 * Every variable of the service: the only place where its name, default and description are written.
 * `npm run config:docs` generates the table in README.md and `.env.example` from it.
 */
export const ENVIRONMENT_VARIABLES = {
  NODE_ENV: variable({
    read: (value) => value === 'production',
    default: { value: () => false, shown: 'none', example: 'production' },
    description:
      '`production` makes `DATABASE_URL`, `LATCHKEY_SECRET` and `LATCHKEY_ISSUER` required, and refuses [unsafe settings](docs/operations.md#production)',
  }),
  LOG_LEVEL: variable({
    read: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
    default: 'info',
    description: '`fatal`, `error`, `warn`, `info`, `debug` or `silent`',
  }),
  LATCHKEY_DATA_DIR: variable({
    read: text,
    default: '.latchkey',
    description: 'directory for the embedded database, the secret and the mail of a development service',
  }),
  HOST: variable({
    read: text,
    default: {
      value: ({ production }) => (production ? '0.0.0.0' : '127.0.0.1'),
      shown: '`127.0.0.1`; `0.0.0.0` in production',
      example: '127.0.0.1',
    },
    description: 'address to listen on',
  }),
  PORT: variable({ read: integer(0, 65_535), default: '3000', description: 'port to listen on' }),
  SHUTDOWN_DELAY: variable({
    read: duration('0s', '5m'),
    default: {
      value: ({ production }) => (production ? 5_000 : 0),
      shown: '`0s`; `5s` in production',
      example: '5s',
    },
    description:
      'how long requests are served after `SIGTERM`, while `/health/ready` answers `503`: longer than load balancers take to notice ([stopping](docs/operations.md#stop))',
  }),
  METRICS_PORT: variable({
    read: integer(1, 65_535),
    default: unset('none', '9464'),
    description: 'port on `HOST` for Prometheus metrics (`/metrics`); must not be public',
  }),
  AUDIT_LOG: variable({
    read: auditLog,
    default: unset('none', '/var/log/latchkey/audit.log'),
    description:
      '[audit log](docs/audit-log.md): `stdout`, or the absolute path of a file, which is opened again on `SIGHUP`',
  }),
  TRUST_PROXY: variable({
    read: trustProxy,
    default: 'false',
    description:
      'proxies whose `X-Forwarded-For` is believed: `true`, a number of hops, or a list of addresses',
  }),
  DATABASE_URL: variable({
    read: postgresUrl,
    isSecret: true,
    default: unset('embedded in development', 'postgres://latchkey:password@127.0.0.1:5432/latchkey'),
    requiredInProduction: always,
    description:
      'Postgres [connection URL](docs/operations.md#connecting-to-postgres) (tested with 15 and 18)',
  }),
  DATABASE_MIGRATION_URL: variable({
    read: postgresUrl,
    isSecret: true,
    default: unset('`DATABASE_URL`', 'postgres://latchkey_owner:password@127.0.0.1:5432/latchkey'),
    description:
      'Postgres connection URL for migrations, if [another role](docs/operations.md#a-role-for-migrations) owns the tables',
  }),
  DATABASE_POOL_SIZE: variable({
    read: integer(2, 500),
    default: '10',
    description:
      'connections per instance for requests; session checks use up to 5 more, and the lock of the instance one',
  }),
  MIGRATE_ON_START: variable({
    read: flag,
    default: 'false',
    description: 'applies pending migrations at startup; otherwise pending migrations prevent the start',
  }),
  REDIS_URL: variable({
    read: redisUrl,
    isSecret: true,
    default: unset('none: a single instance', 'redis://127.0.0.1:6379'),
    description: 'Redis connection URL (tested with 7); required to run more than one instance',
  }),
  REDIS_SENTINELS: variable({
    read: hostsAndPorts,
    default: unset(
      'none',
      'sentinel-1.example.com:26379,sentinel-2.example.com:26379,sentinel-3.example.com:26379',
    ),
    description:
      'in place of `REDIS_URL`: the sentinels that know the current Redis, `host:port`, separated by commas; the same list on every instance ([Redis Sentinel](docs/operations.md#redis-sentinel))',
  }),
  REDIS_SENTINEL_NAME: variable({
    read: text,
    default: 'mymaster',
    description: 'name of the master in the configuration of the sentinels',
  }),
  REDIS_SENTINEL_USERNAME: variable({
    read: text,
    default: unset('none', 'latchkey'),
    description: 'user at the sentinels',
  }),
  REDIS_SENTINEL_PASSWORD: variable({
    read: text,
    isSecret: true,
    default: unset('none', ''),
    description: 'password at the sentinels',
  }),
  REDIS_CLUSTER_NODES: variable({
    read: hostsAndPorts,
    default: unset('none', 'redis-1.example.com:6379,redis-2.example.com:6379,redis-3.example.com:6379'),
    description:
      'in place of `REDIS_URL`: nodes of a Redis Cluster (version 7 or later), `host:port`, separated by commas; the same list on every instance ([Redis Cluster](docs/operations.md#redis-cluster))',
  }),
  REDIS_USERNAME: variable({
    read: text,
    default: unset('none', 'latchkey'),
    description: 'user at the Redis servers that sentinels name, or of a cluster',
  }),
  REDIS_PASSWORD: variable({
    read: text,
    isSecret: true,
    default: unset('none', ''),
    description: 'password of that user',
  }),
  REDIS_DATABASE: variable({
    read: integer(0, 1_000_000),
    default: '0',
    description: 'database number at the Redis servers that sentinels name',
  }),
  REDIS_TLS: variable({
    read: flag,
    default: 'false',
    description:
      'whether connections to sentinels, the servers that they name, and nodes of a cluster use TLS; an own CA is in `NODE_EXTRA_CA_CERTS`',
  }),
  REDIS_KEY_PREFIX: variable({
    read: text,
    default: 'latchkey',
    description:
      'prefix of every Redis key and channel; in a Redis Cluster in braces, so that all are in one hash slot',
  }),
  LATCHKEY_SECRET: variable({
    read: secret,
    isSecret: true,
    default: unset('generated in development', ''),
    requiredInProduction: always,
    description:
      'server secret, at least 32 bytes (`openssl rand -base64 48`); refresh tokens, mailed links, the encryption of signing keys and the authenticity of what is in Redis depend on it',
  }),
  LATCHKEY_ISSUER: variable({
    read: serverUrl('http:', 'https:'),
    default: unset('`http://localhost:3000`', 'http://localhost:3000'),
    requiredInProduction: ({ isLoopback }) => !isLoopback,
    description:
      '`iss` of access tokens, the public URL of this service; must be the same on every instance. In production it is required, unless `HOST` is a loopback address, and starts with `https://`, also behind a proxy that terminates TLS',
  }),
  LATCHKEY_ORIGIN: variable({
    read: origin,
    default: unset(
      'origin of `LATCHKEY_ISSUER`; if that is not set either, `http://localhost:` and `PORT` in development',
      'https://id.example.com',
    ),
    description:
      'public origin of this service for browsers and mailed links, such as `https://id.example.com`',
  }),
  CORS_ORIGINS: variable({
    read: origins,
    default: {
      value: (): readonly string[] => [],
      shown: 'none',
      example: 'https://app.example.com,https://admin.example.com',
    },
    description:
      'other origins whose pages may call the API with credentials: `https://app.example.com,https://admin.example.com`, also those of apps in a web view, such as `capacitor://localhost`',
  }),
  LATCHKEY_AUDIENCE: variable({
    read: audiences,
    default: unset('the issuer', 'https://id.example.com,https://api.example.com'),
    description:
      '`aud` of access tokens: one audience, or several separated by commas or spaces. This service accepts tokens for the first one; the others are [resource servers](docs/operations.md#audiences). Add new ones at the end',
  }),
  LATCHKEY_CLIENT_ID: variable({
    read: clientId,
    default: 'latchkey',
    description: "`client_id` of the access tokens of this service's own logins",
  }),
  LATCHKEY_CLIENTS: variable({
    read: clientDefinitions,
    isSecret: true,
    default: {
      value: (): readonly ClientDefinition[] => [],
      shown: 'none',
      // A copied secret would be a known one.
      example: '',
    },
    description:
      'resource servers and gateways, in addition to those of [`latchkey client`](docs/operations.md#clients): a JSON array of objects with `client_id`, `client_secrets`, `permissions` and `audiences`',
  }),
  LATCHKEY_POLICY: variable({
    read: oneOf(Object.keys(POLICY_PRESETS) as PolicyName[]),
    default: 'social',
    description: 'session policy: `social`, `streaming` or `bank`',
  }),
  ACCESS_TOKEN_TTL: variable({
    read: duration('1s', '24h'),
    default: '15m',
    description: 'lifetime of an access token',
  }),
  ACCESS_TOKEN_CACHE_SIZE: variable({
    read: integer(1, 10_000_000),
    default: '20000',
    description: 'verified access tokens kept in memory',
  }),
  KEY_ROTATION_INTERVAL: variable({
    read: duration('1h', '3650d'),
    default: '30d',
    description: 'how often a new signing key is created',
  }),
  REFRESH_GRACE: variable({
    read: duration('0s', '5m'),
    default: '10s',
    description:
      'how long the previous refresh token still returns the current one after that has been used; `0` turns this off',
  }),
  SESSION_IDLE_TTL: variable({
    read: duration('1s', '3650d'),
    default: byPolicy(({ idleTtlMs }) => idleTtlMs, '60d'),
    description: 'a session expires after this long without use',
  }),
  SESSION_ABSOLUTE_TTL: variable({
    read: duration('1s', '3650d'),
    default: byPolicy(({ absoluteTtlMs }) => absoluteTtlMs, '365d'),
    description: 'a session expires at this age, even if it is in use',
  }),
  MAX_DEVICES: variable({
    read: orNone(integer(1, 10_000)),
    default: byPolicy(({ maxDevices }) => maxDevices, '5'),
    description:
      'devices signed in at once; a new login signs out the one that was used least recently. `none` for no limit',
  }),
  MAX_SESSIONS: variable({
    read: integer(1, MAX_SESSIONS_PER_USER),
    default: byPolicy(({ maxSessions }) => maxSessions, '10'),
    description: 'active sessions of a user; a new login revokes the one that was used least recently',
  }),
  REAUTHENTICATION_MAX_AGE: variable({
    read: orNone(duration('1s', '365d')),
    default: byPolicy(({ reauthenticationMaxAgeMs }) => reauthenticationMaxAgeMs, '5m'),
    description: 'maximum age of the login for a sensitive action; `none` for any age',
  }),
  SENSITIVE_ACTIONS: variable({
    read: someOf(SENSITIVE_ACTIONS),
    default: byPolicy(({ sensitiveActions }) => sensitiveActions, SENSITIVE_ACTIONS.join(',')),
    description:
      '`none`, or a list of `device.rename`, `device.terminate`, `session.revoke` and `sign_in.answer`',
  }),
  SUSPICION_ACTIONS: variable({
    read: suspicionActions,
    default: byPolicy(() => ({}), 'impossible_travel:end,client_scripted:off'),
    description:
      'pairs such as `impossible_travel:end,client_scripted:off`: [what happens](docs/security.md#stolen-sessions) when a session looks stolen',
  }),
  GEOIP_DATABASE: variable({
    read: files,
    default: { value: () => PACKAGED_GEOIP_DATABASES, shown: 'packaged', example: 'off' },
    description:
      'location database: one file in MaxMind DB format, or two separated by a comma (IPv4, IPv6); `off` for no locations',
  }),
  SESSION_CACHE_SIZE: variable({
    read: integer(1, 10_000_000),
    default: '100000',
    description: 'sessions kept in memory',
  }),
  ENDED_SET_SIZE: variable({
    read: integer(1, 10_000_000),
    default: '1000000',
    description:
      'recently ended sessions kept in memory; after more, sessions are read from Postgres when they are first used',
  }),
  SESSION_MAX_STALENESS: variable({
    read: duration('1s', '1h'),
    default: '5m',
    description:
      'how long cached sessions are trusted while Postgres is unreachable; never longer than `SESSION_IDLE_TTL`',
  }),
  SESSION_RETENTION: variable({
    read: duration('2d', '3650d'),
    default: '90d',
    description: 'how long ended sessions are kept in the database',
  }),
  PASSWORD_HASH_MEMORY_KIB: variable({
    read: integer(8, 4_194_304),
    default: '19456',
    description: 'argon2id memory; a hash is renewed at login when the parameters change',
  }),
  PASSWORD_HASH_PASSES: variable({ read: integer(1, 1_000), default: '2', description: 'argon2id passes' }),
  PASSWORD_HASH_PARALLELISM: variable({
    read: integer(1, 64),
    default: '1',
    description: 'argon2id parallelism',
  }),
  PASSWORD_HASH_CONCURRENCY: variable({
    read: integer(1, 64),
    default: '2',
    description: 'passwords hashed at the same time',
  }),
  PASSWORD_HASH_QUEUE: variable({
    read: integer(0, 100_000),
    default: '1000',
    description:
      'passwords that may wait to be hashed, for at most 10 seconds; further requests are answered `503`. Networks and accounts share the places, and a quarter is kept for known devices',
  }),
  SMTP_URL: variable({
    read: serverUrl('smtp:', 'smtps:'),
    isSecret: true,
    default: unset('none', 'smtp://127.0.0.1:1025'),
    description:
      'mail server, `smtp://` or `smtps://`. Without one, development writes mail to `.latchkey/outbox/` and shows it at `/dev/mails`, and production sends none',
  }),
  MAIL_FROM: variable({
    read: mailSender,
    default: unset(
      "the name of the product and `<no-reply@…>` at the origin's host",
      'Latchkey <no-reply@example.com>',
    ),
    description: 'sender of mail',
  }),
  MAIL_BOUNCE_ADDRESS: variable({
    read: bounceAddress,
    default: unset('the address in `MAIL_FROM`', 'bounces@example.com'),
    description:
      'address to which mail servers [report mail that could not be delivered](docs/operations.md#bounces); each user has their own, `bounces+…@example.com`',
  }),
  MAIL_TEMPLATES: variable({
    read: text,
    default: unset('packaged', '/etc/latchkey/mail'),
    description:
      'directory with [your own templates](docs/operations.md#mail-templates) for mail: `mail.html`, `mail.txt` or both, for all languages or for one (`mail.de.html`)',
  }),
  MAILED_EVENTS: variable({
    read: someOf(MAILABLE_EVENTS),
    default: {
      value: ({ policyName }) => MAILED_EVENTS[policyName],
      shown: 'by policy',
      example: 'password_changed,password_reset',
    },
    description:
      'security events that users are mailed about: `none`, or a list from [docs/operations.md](docs/operations.md#mail)',
  }),
  BRAND_NAME: variable({
    read: brandName,
    default: unset('`Latchkey`; in mails the host name', 'Example'),
    description: 'name of your product, on [the page and in mails](docs/operations.md#brand)',
  }),
  BRAND_LOGO: variable({
    read: text,
    default: unset('a key', '/etc/latchkey/logo.svg'),
    description: 'file with your logo, an SVG or PNG image of at most 64 KiB; mails show only a PNG image',
  }),
  BRAND_COLOR: variable({
    read: color,
    default: unset('blue', '#7a1fa2'),
    description:
      'colour of buttons and links, such as `#7a1fa2`; made darker or lighter where it could not be read',
  }),
  BRAND_URL: variable({
    read: linkUrl,
    default: unset('none', 'https://app.example.com'),
    description: 'address of your application: the page has a link back to it',
  }),
  LOGIN_ATTEMPTS_PER_ACCOUNT: variable({
    read: integer(1, 1_000_000),
    default: '10',
    description: 'failed logins per account (or known device) and window before `429`',
  }),
  LOGIN_ATTEMPTS_PER_ADDRESS: variable({
    read: integer(1, 1_000_000),
    default: '100',
    description:
      'failed logins per network and window before `429`; registrations and mail requests are counted separately with the same limit',
  }),
  LOGIN_ATTEMPTS_WINDOW: variable({
    read: duration('1s', '24h'),
    default: '15m',
    description: 'length of the window',
  }),
};

type Variables = typeof ENVIRONMENT_VARIABLES;

/** The value of every variable, by its name. */
export type EnvironmentValues = {
  readonly [Name in keyof Variables]: Variables[Name] extends EnvironmentVariable<infer T, infer D>
    ? T | D
    : never;
};

function variable<T, D = never>(definition: EnvironmentVariable<T, D>): EnvironmentVariable<T, D> {
  return definition;
}

function unset(shown: string, example: string): ComputedDefault<null> {
  return { value: () => null, shown, example };
}

function byPolicy<D>(value: (policy: SessionPolicy) => D, example: string): ComputedDefault<D> {
  return { value: ({ policy }) => value(policy), shown: 'by policy', example };
}

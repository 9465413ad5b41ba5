import type { MailableEvent } from '../policy/mailed-events.js';
import type { SessionPolicy } from '../policy/session-policy.js';
import type { ClientDefinition } from './client-definitions.js';
import type { RedisServers } from './redis-servers.js';

/** All settings of the service: read from the environment once at start (`environment.ts`), then injected. */
export abstract class Config {
  abstract readonly production: boolean;
  abstract readonly logLevel: string;
  /** Directory for the files of a development service: the embedded database, its secret and its mail. */
  abstract readonly dataDir: string;
  abstract readonly http: {
    readonly host: string;
    readonly port: number;
    /** The proxies whose `X-Forwarded-For` is believed: none, all, a number of hops, or a list of addresses. */
    readonly trustProxy: boolean | number | string[];
    /** How long requests are served after the signal to stop, while readiness is off. */
    readonly shutdownDelayMs: number;
  };
  /** Settings for browsers: cookies, and the pages that are trusted. */
  abstract readonly web: {
    /** The public origin of this service: `https://id.example.com`. */
    readonly origin: string;
    /** Other origins whose pages may call the API with credentials. */
    readonly corsOrigins: readonly string[];
    /** Whether a page on a loopback host counts as the service's own when it uses the port that was called. */
    readonly trustsOwnPort: boolean;
    /** Whether cookies are `Secure` and their names start with `__Host-`. */
    readonly secureCookies: boolean;
  };
  /** How the product appears in the page and in mails; `null` for what is not set. */
  abstract readonly brand: {
    readonly name: string | null;
    /** Path of a PNG or SVG image. */
    readonly logo: string | null;
    /** `#rrggbb` */
    readonly color: string | null;
    /** Of the application that users come from. */
    readonly url: string | null;
  };
  /** Where `/metrics` is served; `null` if it is not. */
  abstract readonly metrics: { readonly host: string; readonly port: number } | null;
  /** `stdout`, or the path of a file; `null` without an audit log. */
  abstract readonly auditLog: string | null;
  abstract readonly database: {
    readonly url: string;
    /** For schema changes; `null`: `url`. */
    readonly migrationUrl: string | null;
    readonly poolSize: number;
    readonly migrateOnStart: boolean;
  };
  /** `null` for a single instance without a shared cache. */
  abstract readonly redis: { readonly servers: RedisServers; readonly keyPrefix: string } | null;
  /** The server secret, at least 32 bytes. Other keys are derived from it. */
  abstract readonly secret: Buffer;
  abstract readonly accessToken: {
    readonly issuer: string;
    /** Whom tokens can be for. The first one is this service itself. */
    readonly audiences: readonly [string, ...string[]];
    /** `client_id` of the tokens of the service's own logins. */
    readonly clientId: string;
    readonly ttlSeconds: number;
    /** How often a new signing key is created. */
    readonly keyRotationMs: number;
    /** How many verified tokens are kept in memory, so that their signature is not checked again. */
    readonly cacheSize: number;
  };
  /** The clients that the configuration registers; more of them may be in the database. */
  abstract readonly clients: readonly ClientDefinition[];
  abstract readonly refreshToken: {
    /** How long the previous token still returns the current one after a rotation; 0 turns this off. */
    readonly graceMs: number;
  };
  abstract readonly policy: SessionPolicy;
  abstract readonly sessions: {
    /** Sessions kept in the memory cache. */
    readonly cacheSize: number;
    /** Recently ended sessions kept in memory; after more, sessions are read from Postgres when they are first used. */
    readonly endedSetSize: number;
    /** How long cached sessions are trusted while Postgres is unreachable. */
    readonly maxStalenessMs: number;
    /** How long the rows of ended sessions are kept. */
    readonly retentionMs: number;
    /** How long an instance trusts its caches after it last heard itself through Redis. The same on all instances. */
    readonly leaseMs: number;
  };
  /** Files in MaxMind DB format, searched in this order; with none, every location is unknown. */
  abstract readonly geoip: { readonly databases: readonly string[] };
  abstract readonly passwords: {
    /** argon2id parameters; defaults from the OWASP Password Storage Cheat Sheet. */
    readonly memoryKiB: number;
    readonly passes: number;
    readonly parallelism: number;
    /** Passwords hashed at the same time, and passwords that may wait. */
    readonly concurrency: number;
    readonly queueSize: number;
  };
  abstract readonly mail: {
    /** `null`: development writes mail to files, production sends none. */
    readonly smtpUrl: string | null;
    /** `Name <address>`, or only an address. */
    readonly from: string;
    /** The envelope sender, to which bounces go, without the part that names a user; `null`: the address of `from`. */
    readonly bounceAddress: string | null;
    /** Directory of the operator's own templates; `null` for the default ones. */
    readonly templates: string | null;
    /** The security events that users are mailed about. */
    readonly events: readonly MailableEvent[];
  };
  abstract readonly loginAttempts: {
    /** Failed attempts allowed in a window, per account or known device, and per network. */
    readonly perAccount: number;
    readonly perAddress: number;
    readonly windowSeconds: number;
  };
}

/** The settings as read. In development, the embedded database and its URL do not exist yet. */
export interface Environment extends Omit<Config, 'database'> {
  readonly database: Omit<Config['database'], 'url'> & {
    /** `null` for the embedded Postgres of development. */
    readonly url: string | null;
  };
}

/** What a command needs that only changes the schema. */
export type DatabaseEnvironment = Pick<Environment, 'dataDir' | 'database'>;

import type { MailableEvent } from '../policy/mailed-events.js';
import type { SessionPolicy } from '../policy/session-policy.js';

/** Everything the environment decides, read once at start (see `environment.ts`) and injected. */
export abstract class Config {
  abstract readonly production: boolean;
  abstract readonly logLevel: string;
  /** Where a development service keeps its own files: the embedded database and its secret. */
  abstract readonly dataDir: string;
  abstract readonly http: {
    readonly host: string;
    readonly port: number;
    /** Which proxies may name the client's address: none, a number of hops, or their addresses. */
    readonly trustProxy: boolean | number | string[];
  };
  /** What browsers are told, and which pages are trusted. */
  abstract readonly web: {
    /** The public origin of this service: `https://id.example.com`. */
    readonly origin: string;
    /** Other origins whose pages may call, credentials included. */
    readonly corsOrigins: readonly string[];
    /** Whether a page of this machine under the very port that was called is one of the service's own. */
    readonly trustsOwnPort: boolean;
    /** Whether cookies are `Secure` and carry the prefix `__Host-`. */
    readonly secureCookies: boolean;
  };
  /** Where `/metrics` is served; `null`: nowhere. */
  abstract readonly metrics: { readonly host: string; readonly port: number } | null;
  abstract readonly database: {
    readonly url: string;
    readonly poolSize: number;
    readonly migrateOnStart: boolean;
  };
  /** `null`: a single instance with no second cache tier. */
  abstract readonly redis: { readonly url: string; readonly keyPrefix: string } | null;
  /** The server secret, 32 bytes or more;. */
  abstract readonly secret: Buffer;
  abstract readonly accessToken: {
    readonly issuer: string;
    readonly audience: string;
    readonly ttlSeconds: number;
    /** A signing key is replaced after this long. */
    readonly keyRotationMs: number;
    /** Verified tokens remembered, so that their signature is not checked again. */
    readonly cacheSize: number;
  };
  abstract readonly refreshToken: {
    /** How long the token just before the current one still yields the current one; 0: never. */
    readonly graceMs: number;
  };
  abstract readonly policy: SessionPolicy;
  abstract readonly sessions: {
    /** Sessions held in the process (first cache tier). */
    readonly cacheSize: number;
    /** Ended sessions held in the process; more than these end the trust in caches. */
    readonly endedSetSize: number;
    /** How long cached sessions may be used while Postgres cannot be reached. */
    readonly maxStalenessMs: number;
    /** How long ended sessions are kept before their rows are removed. */
    readonly retentionMs: number;
    /** How long an instance may trust its caches without hearing from itself through Redis. The same on all. */
    readonly leaseMs: number;
  };
  /** Files in the MaxMind DB format, asked in this order; none: places are unknown. */
  abstract readonly geoip: { readonly databases: readonly string[] };
  abstract readonly passwords: {
    /** argon2id parameters, OWASP Password Storage Cheat Sheet. */
    readonly memoryKiB: number;
    readonly passes: number;
    readonly parallelism: number;
    /** Hashes computed at once, and hashes that may wait for their turn. */
    readonly concurrency: number;
    readonly queueSize: number;
  };
  abstract readonly mail: {
    /** `null`: development writes mails into files, production sends none. */
    readonly smtpUrl: string | null;
    /** `name <address>`, or an address alone. */
    readonly from: string;
    /** The security events that a mail is sent about. */
    readonly events: readonly MailableEvent[];
  };
  abstract readonly loginAttempts: {
    /** Failed attempts allowed in a window, per account, per network address and per known device. */
    readonly perAccount: number;
    readonly perAddress: number;
    readonly windowSeconds: number;
  };
}

/** What the environment says, where development has a database of its own yet to be started. */
export interface Environment extends Omit<Config, 'database'> {
  readonly database: Omit<Config['database'], 'url'> & {
    /** `null`: the embedded Postgres of development. */
    readonly url: string | null;
  };
}

import type { Contender, Route } from '../contenders/contender.js';
import { latchkey, ME } from '../contenders/latchkey.js';
import { bearer, betterAuth, cookie, guard, introspection, type SERIES_NAMES } from './throughput-series.js';

/** One way to authenticate a request. */
export interface Approach {
  readonly name: string;
  /** The series of the throughput section that measures its cost. */
  readonly series: keyof typeof SERIES_NAMES;
  readonly contender: Contender;
  readonly route: Route;
  /** Ends the session; `null` if the approach has no way to do that. */
  readonly revoke: Route | null;
  readonly usesRedis: boolean;
  readonly usesPostgres: boolean;
  /** For how long a stolen credential works. */
  readonly stolenCredential: string;
}

const ORIGIN = { origin: 'http://127.0.0.1' };
const UNTIL_SESSION_ENDS = 'until the session ends';

/** @param cookieCacheSeconds lifetime of the cookie cache: short, since its default of five minutes would have to be waited for */
export function approaches(cookieCacheSeconds: number): Approach[] {
  const signOut: Route = { path: '/api/auth/sign-out', method: 'POST', headers: { cookie: '{}', ...ORIGIN } };
  return [
    {
      name: 'stateless JWT (plain guard, cached signature check)',
      series: 'remembering',
      contender: guard('caching'),
      route: bearer,
      revoke: null,
      usesRedis: false,
      usesPostgres: false,
      stolenCredential: 'until it expires',
    },
    {
      name: 'session in the database (better-auth, Postgres)',
      series: 'betterAuthPostgres',
      contender: betterAuth('postgres'),
      route: cookie('/api/auth/get-session'),
      revoke: signOut,
      usesRedis: false,
      usesPostgres: true,
      stolenCredential: UNTIL_SESSION_ENDS,
    },
    {
      name: 'session in Redis (express-session)',
      series: 'express',
      contender: { program: 'express-session/server.mjs', redis: true },
      route: cookie('/me'),
      revoke: { path: '/logout', method: 'POST', headers: { cookie: '{}' } },
      usesRedis: true,
      usesPostgres: false,
      stolenCredential: UNTIL_SESSION_ENDS,
    },
    {
      name: `cookie cache of ${cookieCacheSeconds} s (better-auth, backed by Redis)`,
      series: 'betterAuthCookie',
      contender: {
        ...betterAuth('cookie'),
        env: { BENCH_STORAGE: 'cookie', BENCH_COOKIE_SECONDS: String(cookieCacheSeconds) },
      },
      route: cookie('/api/auth/get-session'),
      revoke: signOut,
      usesRedis: true,
      usesPostgres: true,
      stolenCredential: 'until the session ends, and for the cache lifetime after that',
    },
    {
      name: 'opaque token with introspection (oidc-provider, Redis)',
      series: 'oidc',
      contender: { program: 'oidc-provider/server.mjs', redis: true },
      route: introspection,
      revoke: { ...introspection, path: '/token/revocation' },
      usesRedis: true,
      usesPostgres: false,
      stolenCredential: 'until it is revoked',
    },
    {
      name: 'JWT with a checked session (Latchkey)',
      series: 'warm',
      contender: latchkey(),
      route: ME,
      revoke: { path: '/auth/logout', method: 'POST', headers: { authorization: 'Bearer {}' } },
      usesRedis: true,
      usesPostgres: true,
      stolenCredential: 'until it expires (15 min) or the session ends; the thief cannot renew it',
    },
  ];
}

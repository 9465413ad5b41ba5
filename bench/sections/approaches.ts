import type { Contender, Route } from '../contenders/contender.js';
import { latchkey, ME } from '../contenders/latchkey.js';
import { bearer, betterAuth, cookie, guard, introspection, SERIES_NAMES } from './throughput-series.js';

/** One way to know who is calling. */
export interface Approach {
  readonly name: string;
  /** The series of the throughput section that says what it costs. */
  readonly series: keyof typeof SERIES_NAMES;
  readonly contender: Contender;
  readonly route: Route;
  /** Ends the session; `null`: cannot be done. */
  readonly end: Route | null;
  readonly usesRedis: boolean;
  readonly usesPostgres: boolean;
  readonly stolen: string;
}

const ORIGIN = { origin: 'http://127.0.0.1' };
const SESSION_COOKIE = 'all that the user can, until the session ends';

/** @param cookieSeconds of the cookie cache: measured with a short one, since the default takes five minutes */
export function approaches(cookieSeconds: number): Approach[] {
  const signOut: Route = { path: '/api/auth/sign-out', method: 'POST', headers: { cookie: '{}', ...ORIGIN } };
  return [
    {
      name: 'stateless JWT (plain guard, signature remembered)',
      series: 'remembering',
      contender: guard('remembering'),
      route: bearer,
      end: null,
      usesRedis: false,
      usesPostgres: false,
      stolen: 'all that the user can, until it expires',
    },
    {
      name: 'session in the database (better-auth, Postgres)',
      series: 'betterAuthPostgres',
      contender: betterAuth('postgres'),
      route: cookie('/api/auth/get-session'),
      end: signOut,
      usesRedis: false,
      usesPostgres: true,
      stolen: SESSION_COOKIE,
    },
    {
      name: 'session in Redis (express-session)',
      series: 'express',
      contender: { program: 'express-session/server.mjs', redis: true },
      route: cookie('/me'),
      end: { path: '/logout', method: 'POST', headers: { cookie: '{}' } },
      usesRedis: true,
      usesPostgres: false,
      stolen: SESSION_COOKIE,
    },
    {
      name: `cookie cache of ${cookieSeconds} s (better-auth, Redis behind it)`,
      series: 'betterAuthCookie',
      contender: {
        ...betterAuth('cookie'),
        env: { BENCH_STORAGE: 'cookie', BENCH_COOKIE_SECONDS: String(cookieSeconds) },
      },
      route: cookie('/api/auth/get-session'),
      end: signOut,
      usesRedis: true,
      usesPostgres: true,
      stolen: 'all that the user can, for the cache time after the session ended',
    },
    {
      name: 'opaque token, introspected (oidc-provider, Redis)',
      series: 'oidc',
      contender: { program: 'oidc-provider/server.mjs', redis: true },
      route: introspection,
      end: { ...introspection, path: '/token/revocation' },
      usesRedis: true,
      usesPostgres: false,
      stolen: 'all that the user can, until it is revoked',
    },
    {
      name: 'JWT with a checked session (Latchkey)',
      series: 'warm',
      contender: latchkey(),
      route: ME,
      end: { path: '/auth/logout', method: 'POST', headers: { authorization: 'Bearer {}' } },
      usesRedis: true,
      usesPostgres: true,
      stolen: 'all that the user can, until it expires (15 min) or the session ends; it cannot be renewed',
    },
  ];
}

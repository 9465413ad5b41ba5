import type { Bench } from '../bench-context.js';
import {
  type Contender,
  type Route,
  type RunningContender,
  startContender,
} from '../contenders/contender.js';
import { latchkey, ME, OPEN, STATELESS } from '../contenders/latchkey.js';
import type { Series } from '../interleaved-rounds.js';

/** Names of the series as they appear in the report. The keys are stored with the results. */
export const SERIES_NAMES = {
  open: 'Latchkey: open route, no check',
  stateless: 'Latchkey: stateless guard, no session lookup',
  warm: 'Latchkey: session checked, from memory',
  cold: 'Latchkey: session checked, from Redis',
  postgres: 'Latchkey: session checked, from Postgres',
  stock: 'stateless: passport-jwt, PEM key',
  keyObject: 'stateless: plain guard, KeyObject',
  remembering: 'stateless: plain guard, cached signature check',
  guardRedis: 'passport-jwt + Redis GET',
  guardPostgres: 'passport-jwt + Postgres SELECT',
  betterAuthRedis: 'better-auth: Redis',
  betterAuthCookie: 'better-auth: cookie cache',
  betterAuthPostgres: 'better-auth: Postgres',
  express: 'express-session + connect-redis',
  oidc: 'oidc-provider: introspection, Redis',
} as const;

export const bearer: Route = { path: '/me', headers: { authorization: 'Bearer {}' }, expect: '@example.com' };
export const cookie = (path: string): Route => ({ path, headers: { cookie: '{}' }, expect: '@example.com' });
export const introspection: Route = {
  path: '/token/introspection',
  method: 'POST',
  headers: {
    authorization: `Basic ${Buffer.from('resource-server:a+secret+of+the+bench').toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
  body: 'token={}&token_type_hint=access_token',
  expect: '"active":true',
};

export const guard = (name: string): Contender => ({
  program: 'nest-guards/server.ts',
  env: { BENCH_GUARD: name },
  database: 'empty',
  redis: true,
});
export const betterAuth = (storage: string): Contender => ({
  program: 'better-auth/server.mjs',
  env: { BENCH_STORAGE: storage },
  database: 'empty',
  redis: true,
});

/**
 * Smaller than the number of sessions, so that the next one is never in memory; larger than the number of requests
 * in flight.
 */
const coldCacheSize = (sessions: number) => String(Math.max(256, Math.round(sessions / 10)));

/** Starts all contenders, one after another. */
export async function startSeries(bench: Bench): Promise<Series[]> {
  const cold = { SESSION_CACHE_SIZE: coldCacheSize(bench.sessions) };
  const allSeries: Series[] = [];
  const add = async (contender: Contender, routes: readonly (readonly [name: string, route: Route])[]) => {
    const running: RunningContender = await startContender(bench, contender);
    allSeries.push(...routes.map(([name, route]) => ({ name, running, route })));
    bench.say(`  ${contender.program} ${Object.values(contender.env ?? {}).at(-1) ?? ''} is ready`);
  };
  await add(latchkey(), [
    [SERIES_NAMES.open, OPEN],
    [SERIES_NAMES.warm, ME],
    [SERIES_NAMES.stateless, STATELESS],
  ]);
  await add(latchkey({ env: cold }), [[SERIES_NAMES.cold, ME]]);
  await add(latchkey({ redis: false, env: cold }), [[SERIES_NAMES.postgres, ME]]);
  await add(guard('stock'), [[SERIES_NAMES.stock, bearer]]);
  await add(guard('key-object'), [[SERIES_NAMES.keyObject, bearer]]);
  await add(guard('caching'), [[SERIES_NAMES.remembering, bearer]]);
  await add(guard('redis'), [[SERIES_NAMES.guardRedis, bearer]]);
  await add(guard('postgres'), [[SERIES_NAMES.guardPostgres, bearer]]);
  await add(betterAuth('redis'), [[SERIES_NAMES.betterAuthRedis, cookie('/api/auth/get-session')]]);
  await add(betterAuth('cookie'), [[SERIES_NAMES.betterAuthCookie, cookie('/api/auth/get-session')]]);
  await add(betterAuth('postgres'), [[SERIES_NAMES.betterAuthPostgres, cookie('/api/auth/get-session')]]);
  await add({ program: 'express-session/server.mjs', redis: true }, [[SERIES_NAMES.express, cookie('/me')]]);
  await add({ program: 'oidc-provider/server.mjs', redis: true }, [[SERIES_NAMES.oidc, introspection]]);
  return allSeries;
}

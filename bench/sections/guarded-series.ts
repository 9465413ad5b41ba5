import type { Bench } from '../bench-context.js';
import { type Route, type RunningContender, startContender } from '../contenders/contender.js';
import type { Check } from '../contenders/resource-server/caller.js';
import type { Series } from '../interleaved-rounds.js';
import type { ServerProcess } from '../servers/server-process.js';
import { guardEnv, startTokenIssuer } from '../service/token-issuer.js';

/** By the value of BENCH_FRAMEWORK; the names appear in the report. */
export const FRAMEWORKS = { nest: 'Nest', fastify: 'Fastify', express: 'Express' } as const;
/** In the order in which they are measured. */
export const CHECKS: Readonly<Record<Check, string>> = {
  none: 'no guard',
  connected: 'a guard that is not asked',
  guard: '@latchkey/guard',
  passport: 'passport-jwt',
  introspection: 'introspection over HTTP',
};

export type Framework = keyof typeof FRAMEWORKS;

export function seriesName(framework: Framework, check: Check): string {
  return `${FRAMEWORKS[framework]}: ${CHECKS[check]}`;
}

/** Guards report user agents, and have to compare them with what they reported before. */
export const ROUTE: Route = {
  path: '/me',
  headers: { authorization: 'Bearer {}', 'user-agent': 'bench/1.0' },
  expect: '@example.com',
};

export interface GuardedServers {
  readonly allSeries: readonly Series[];
  stop(): Promise<void>;
}

/** Starts one instance of the service, an introspection endpoint, and a resource server for each framework and check. */
export async function startGuardedServers(bench: Bench): Promise<GuardedServers> {
  const onLoadCore = { ...bench, cores: null };
  const servers: ServerProcess[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
  };
  try {
    const { service, credentialsFile } = await startTokenIssuer(onLoadCore);
    servers.push(service);
    const introspection = await startContender(onLoadCore, {
      program: 'introspection/server.mjs',
      env: { BENCH_CREDENTIALS: credentialsFile },
    });
    servers.push(introspection.server);
    const allSeries: Series[] = [];
    for (const framework of Object.keys(FRAMEWORKS) as Framework[]) {
      for (const check of Object.keys(CHECKS) as Check[]) {
        const running = await startResourceServer(bench, framework, check, {
          service: service.url,
          introspection: `${introspection.server.url}/introspect`,
        });
        servers.push(running.server);
        const name = seriesName(framework, check);
        allSeries.push({ name, running: { ...running, credentialsFile }, route: ROUTE });
      }
      bench.say(`  ${FRAMEWORKS[framework]} is ready`);
    }
    return { allSeries, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export function startResourceServer(
  bench: Bench,
  framework: Framework,
  check: Check,
  { service, introspection = '' }: { service: string; introspection?: string },
): Promise<RunningContender> {
  return startContender(bench, {
    program: 'resource-server/server.mjs',
    env: {
      BENCH_FRAMEWORK: framework,
      BENCH_CHECK: check,
      ...guardEnv(service),
      BENCH_INTROSPECTION: introspection,
      LATCHKEY_PACKAGES: 'built',
    },
  });
}

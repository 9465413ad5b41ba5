import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench-context.js';
import type { LoadTarget } from '../load/run-load.js';
import { ServerProcess } from '../servers/server-process.js';

const LOADER = new URL('../../test/support/typescript.mjs', import.meta.url).href;

/** A server that is measured, and what it needs to run. */
export interface Contender {
  /** Path below `bench/contenders/`. */
  readonly program: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The database to create for it: `service` has Latchkey's schema, `empty` no tables. */
  readonly database?: 'service' | 'empty';
  readonly redis?: boolean;
}

export interface RunningContender {
  readonly server: ServerProcess;
  /** `bench.sessions` credentials, one per line. */
  readonly credentialsFile: string;
}

/** A load target without the address of the server. */
export type Route = Omit<LoadTarget, 'url' | 'credentialsFile'> & { readonly path: string };

export async function startContender(bench: Bench, contender: Contender): Promise<RunningContender> {
  const credentialsFile = join(bench.directory, `credentials-${randomUUID()}`);
  const { stores } = bench;
  const { database } = contender;
  const url =
    database && (await (database === 'service' ? stores.createServiceDatabase() : stores.createDatabase()));
  const program = fileURLToPath(new URL(contender.program, import.meta.url));
  const server = await ServerProcess.start(bench, [process.execPath, '--import', LOADER, program], {
    BENCH_SESSIONS: String(bench.sessions),
    BENCH_CREDENTIALS: credentialsFile,
    REDIS_KEY_PREFIX: `bench-${randomUUID()}`,
    ...(contender.redis ? { REDIS_URL: stores.redisUrl } : {}),
    ...(url ? { DATABASE_URL: url } : {}),
    ...contender.env,
  });
  return { server, credentialsFile };
}

export function loadTargetOf(
  { server, credentialsFile }: RunningContender,
  { path, ...target }: Route,
): LoadTarget {
  return { ...target, url: server.url + path, credentialsFile };
}

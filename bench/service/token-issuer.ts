import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench-context.js';
import type { ServerProcess } from '../servers/server-process.js';
import { ACCEPT_GUARDS, GUARD_CLIENT } from './guard-client.js';
import { HttpClient } from './http-client.js';
import { accessTokens, seedSessions } from './seed-sessions.js';
import { ISSUER, startService } from './service.js';

/** An instance of the service that has issued tokens, and to which guards can connect. */
export interface TokenIssuer {
  readonly service: ServerProcess;
  /** An access token of each of `bench.sessions` sessions. */
  readonly credentialsFile: string;
}

export async function startTokenIssuer(bench: Bench, env: Record<string, string> = {}): Promise<TokenIssuer> {
  const url = await bench.stores.createServiceDatabase();
  const sessions = await seedSessions(url, bench.sessions);
  const service = await startService(bench, url, { ...ACCEPT_GUARDS, ...env });
  const client = new HttpClient(service.url, 16);
  try {
    const tokens = await accessTokens(client, sessions);
    const credentialsFile = join(bench.directory, `access-tokens-${randomUUID()}`);
    writeFileSync(credentialsFile, `${tokens.join('\n')}\n`);
    return { service, credentialsFile };
  } catch (error) {
    await service.stop('SIGKILL');
    throw error;
  } finally {
    client.close();
  }
}

/** What `connect-guard.ts` reads. */
export function guardEnv(serviceUrl: string): Record<string, string> {
  return {
    BENCH_ISSUER: ISSUER,
    BENCH_SERVICE: serviceUrl,
    BENCH_CLIENT_ID: GUARD_CLIENT.id,
    BENCH_CLIENT_SECRET: GUARD_CLIENT.secret,
  };
}

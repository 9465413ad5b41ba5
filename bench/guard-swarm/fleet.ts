import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench-context.js';
import type { ServerProcess } from '../servers/server-process.js';
import { ACCEPT_GUARDS } from '../service/guard-client.js';
import { HttpClient } from '../service/http-client.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';

export const INSTANCES = 3;
/** One lease and the first heartbeats: from then on a revoke need not wait for a lease. */
const SETTLED_MS = 4_500;

/** A session and its token. */
export interface LiveSession {
  readonly id: string;
  readonly token: string;
}

/** Several instances of the service with Redis, on the core of the servers, and sessions to revoke. */
export class Fleet {
  readonly clients: readonly HttpClient[];

  private constructor(
    private readonly servers: readonly ServerProcess[],
    private readonly sessions: LiveSession[],
    connections: number,
  ) {
    this.clients = servers.map(({ url }) => new HttpClient(url, connections));
  }

  /** @param connections to each instance, at most */
  static async start(bench: Bench, sessionCount: number, connections: number): Promise<Fleet> {
    const url = await bench.stores.createServiceDatabase();
    const ids = await seedSessions(url, sessionCount);
    const sessions: LiveSession[] = [];
    const servers: ServerProcess[] = [];
    const fleet = () => new Fleet(servers, sessions, connections);
    try {
      for (let index = 0; index < INSTANCES; index++) {
        servers.push(await startService(bench, url, { ...ACCEPT_GUARDS, REDIS_URL: bench.stores.redisUrl }));
      }
      const started = fleet();
      const tokens = await accessTokens(started.clients[0] as HttpClient, ids);
      sessions.push(...ids.map((id, index) => ({ id, token: tokens[index] as string })));
      await sleep(SETTLED_MS);
      return started;
    } catch (error) {
      await fleet().stop();
      throw error;
    }
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  /** @returns sessions that nothing else has taken */
  take(count: number): LiveSession[] {
    const taken = this.sessions.splice(0, count);
    if (taken.length < count) throw new Error(`${count - taken.length} more sessions are needed`);
    return taken;
  }

  /** Revokes a session, by its own token, at one of the instances in turn. @returns milliseconds until the 204 */
  async revoke({ id, token }: LiveSession, turn: number): Promise<number> {
    const client = this.clients[turn % this.clients.length] as HttpClient;
    return (await client.expect(204, 'DELETE', `/sessions/${id}`, { token })).ms;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../servers/server-process.js';
import { GUARD_CLIENT } from '../service/guard-client.js';
import { HttpClient } from '../service/http-client.js';

const LOADER = new URL('../../test/support/typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('guard-swarm.ts', import.meta.url));
const GUARDS_PER_PROCESS = 250;

export interface SwarmReport {
  readonly guards: number;
  /** How many of them check from memory. */
  readonly trusting: number;
  /** The size of the smallest ended set. */
  readonly fewestEnds: number;
  /** Messages with ends that the guards have received after their snapshots. */
  readonly endsMessages: number;
  readonly disconnects: number;
}

/** Guards that are connected to all instances, in a few processes on the core of the load generator. */
export class Swarm {
  private readonly clients: HttpClient[];

  private constructor(private readonly processes: readonly ServerProcess[]) {
    this.clients = processes.map(({ url }) => new HttpClient(url, 1));
  }

  /** @returns once every guard checks from memory */
  static async start(guards: number, serviceUrls: readonly string[]): Promise<Swarm> {
    const processes: ServerProcess[] = [];
    try {
      for (let started = 0; started < guards; started += GUARDS_PER_PROCESS) {
        const count = Math.min(GUARDS_PER_PROCESS, guards - started);
        processes.push(await startProcess(count, serviceUrls));
      }
    } catch (error) {
      await Promise.all(processes.map((process) => process.stop('SIGKILL')));
      throw error;
    }
    return new Swarm(processes);
  }

  async report(): Promise<SwarmReport> {
    const reports = await this.ask<SwarmReport>('/');
    const sum = (figure: keyof SwarmReport) => reports.reduce((total, it) => total + it[figure], 0);
    return {
      guards: sum('guards'),
      trusting: sum('trusting'),
      fewestEnds: Math.min(...reports.map(({ fewestEnds }) => fewestEnds)),
      endsMessages: sum('endsMessages'),
      disconnects: sum('disconnects'),
    };
  }

  /** How many guards would grant a request of this session now. */
  async granting(sessionId: string): Promise<number> {
    const answers = await this.ask<{ granting: number }>(`/?sid=${sessionId}`);
    return answers.reduce((total, { granting }) => total + granting, 0);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.processes.map((process) => process.stop()));
  }

  private ask<T>(path: string): Promise<T[]> {
    return Promise.all(
      this.clients.map(async (client) => JSON.parse((await client.expect(200, 'GET', path)).text) as T),
    );
  }
}

function startProcess(guards: number, serviceUrls: readonly string[]): Promise<ServerProcess> {
  return ServerProcess.start({ cores: null }, [process.execPath, '--import', LOADER, PROGRAM], {
    BENCH_GUARDS: String(guards),
    BENCH_SERVICE: serviceUrls.join(','),
    BENCH_CLIENT_ID: GUARD_CLIENT.id,
    BENCH_CLIENT_SECRET: GUARD_CLIENT.secret,
  });
}

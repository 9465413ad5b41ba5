import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { debianProgram } from './debian-program.js';
import { PrivateServer } from './private-server.js';
import { MissingProgram } from './programs.js';
import { rawRedisCommand } from './raw-redis-command.js';

export interface SentinelOptions {
  readonly masterName: string;
  /** An address, unless the configuration allows host names. */
  readonly masterHost?: string;
  readonly masterPort: number;
  /** How many sentinels have to agree that the master is down. */
  readonly quorum: number;
  /** More lines of its configuration. */
  readonly configuration?: readonly string[];
}

/** Whether the tests with Sentinel can run; says in one line why not. */
export async function hasSentinel(): Promise<boolean> {
  try {
    await debianProgram('redis-sentinel');
    return true;
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    process.stderr.write(`left out: the tests with Redis Sentinel, because ${error.message}\n`);
    return false;
  }
}

/** After so long without an answer, a sentinel takes a server for down. */
const DOWN_AFTER_MS = 1_000;

/** A private Redis Sentinel. */
export class SentinelServer extends PrivateServer {
  protected override readonly stopSignal = 'SIGTERM';

  private constructor(
    private readonly program: string,
    private readonly options: SentinelOptions,
  ) {
    super('sentinel');
  }

  /** @throws {MissingProgram} */
  static async start(options: SentinelOptions): Promise<SentinelServer> {
    return new SentinelServer(await debianProgram('redis-sentinel'), options).start();
  }

  override get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Sends one command and returns the first line of the reply. */
  send(command: string): Promise<string> {
    return rawRedisCommand(this.port, command);
  }

  protected override async prepare(directory: string): Promise<void> {
    const { masterName, masterHost = '127.0.0.1', masterPort, quorum, configuration = [] } = this.options;
    const lines = [
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor ${masterName} ${masterHost} ${masterPort} ${quorum}`,
      `sentinel down-after-milliseconds ${masterName} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${masterName} 3000`,
      `sentinel parallel-syncs ${masterName} 2`,
      ...configuration,
    ];
    await writeFile(join(directory, 'sentinel.conf'), `${lines.join('\n')}\n`);
  }

  protected override command(): [string, ...string[]] {
    return [this.program, join(this.directory, 'sentinel.conf'), '--port', String(this.port)];
  }

  protected override async answers(): Promise<boolean> {
    return /^(?:\+PONG|-NOAUTH)/.test(await this.send('PING'));
  }
}

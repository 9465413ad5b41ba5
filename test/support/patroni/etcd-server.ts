import { join } from 'node:path';
import { debianProgram } from '../debian-program.js';
import { freePort } from '../free-port.js';
import { PrivateServer } from '../private-server.js';

/** A private etcd with one member. */
export class EtcdServer extends PrivateServer {
  protected override readonly stopSignal = 'SIGTERM';
  private peerPort = 0;

  private constructor(private readonly program: string) {
    super('etcd');
  }

  /** @throws {MissingProgram} */
  static async start(): Promise<EtcdServer> {
    return new EtcdServer(await debianProgram('etcd', 'etcd-server')).start();
  }

  override get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  protected override async prepare(): Promise<void> {
    this.peerPort = await freePort();
  }

  protected override command(): [string, ...string[]] {
    const peer = `http://127.0.0.1:${this.peerPort}`;
    return [
      this.program,
      ...['--data-dir', join(this.directory, 'data'), '--logger', 'zap', '--log-level', 'warn'],
      ...['--listen-client-urls', this.url, '--advertise-client-urls', this.url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', `default=${peer}`],
      // The only member need not wait long for others before it elects itself.
      ...['--heartbeat-interval', '20', '--election-timeout', '200'],
    ];
  }

  protected override async answers(): Promise<boolean> {
    return (await fetch(`${this.url}/health`)).ok;
  }
}

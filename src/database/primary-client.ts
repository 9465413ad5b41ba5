import pg from 'pg';
import { postgresServerUrls } from '../config/postgres-url.js';
import { PrimaryChooser } from './primary-chooser.js';

/**
 * The class of the clients for a URL. If it names several servers, each client connects to the one that is the primary
 * then.
 */
export function clientClass(servers: readonly [string, ...string[]]): typeof pg.Client {
  if (servers.length === 1) return pg.Client;
  const chooser = new PrimaryChooser(servers);
  return class PrimaryClient extends pg.Client {
    override connect(): Promise<pg.Client>;
    override connect(callback: (error: Error) => void): void;
    override connect(callback?: (error: Error) => void): Promise<pg.Client> | undefined {
      const connected = this.#connectToPrimary();
      if (!callback) return connected;
      // pg-pool passes a callback, and takes no argument for success.
      connected.then(() => (callback as () => void)(), callback);
      return undefined;
    }

    async #connectToPrimary(): Promise<pg.Client> {
      Object.assign(this, await chooser.primary());
      // It may stop being the primary, or turn out to be a standby, while the connection is open.
      this.once('end', () => chooser.forget());
      return super.connect();
    }
  };
}

/** A client that is not in a pool, for a URL that may name several servers. */
export function createClient(url: string, options: Omit<pg.ClientConfig, 'connectionString'>): pg.Client {
  const servers = postgresServerUrls(url);
  const Client = clientClass(servers);
  return new Client({ ...options, connectionString: servers[0] });
}

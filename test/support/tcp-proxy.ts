import { connect, createServer, type Server, type Socket } from 'node:net';

type State = 'whole' | 'cut' | 'hung';
/** Length of the prefix of client data in which `hang` looks for its word. */
const REMEMBERED_BYTES = 4_096;

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The first bytes from the client in lower case, because clients write commands in either case. */
  said: string;
}

/** A TCP proxy in front of a server that a test can break for the clients that use it. */
export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #stranded = new Set<Pair>();
  #state: State = 'whole';
  /** Only connections whose client sent one of these words hang; with none, all of them do. */
  #hungWords: readonly string[] = [];
  #holdsAnswers = false;
  #delayMs = 0;
  #listener: Server | null = null;
  #port = 0;

  private constructor(private target: { readonly host: string; readonly port: number }) {}

  static async start(target: { port: number; host?: string }): Promise<TcpProxy> {
    const proxy = new TcpProxy({ host: target.host ?? '127.0.0.1', port: target.port });
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Replaces host and port in the URL of the target with those of the proxy. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.#port);
    return through.href;
  }

  /** Breaks every connection and refuses new ones, as if the server were down. */
  async cut(): Promise<void> {
    this.#state = 'cut';
    this.#breakAll();
    // It frees the port at once. Its callback would also wait for connections that cannot be broken yet.
    this.#listener?.close();
    this.#listener = null;
  }

  /**
   * Accepts and keeps connections but forwards nothing in either direction, as when a network drops packets.
   *
   * @param words hangs only connections whose client sends one of them among the first bytes: with `subscribe`, the
   *   command connection still works and the subscription is half open
   */
  hang(...words: string[]): void {
    this.#state = 'hung';
    this.#hungWords = words.map((word) => word.toLowerCase());
    for (const pair of this.#pairs) if (this.#isHung(pair)) pause(pair);
  }

  /** Forwards what clients send, but holds back the responses of the server until healed. */
  holdAnswers(): void {
    this.#holdsAnswers = true;
  }

  /** Breaks every connection and directs new ones to another server. */
  retarget({ port, host = '127.0.0.1' }: { port: number; host?: string }): void {
    this.target = { host, port };
    this.#breakAll();
  }

  /** Silently drops everything on existing connections from now on, but serves new ones, as a firewall that lost its state. */
  strand(): void {
    for (const pair of this.#pairs) {
      pause(pair);
      this.#stranded.add(pair);
    }
    this.#pairs.clear();
  }

  /** Delays everything by this time, in each direction. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Undoes `cut`, `hang`, `holdAnswers` and `delay`; hung connections continue where they stopped. */
  async heal(): Promise<void> {
    this.#state = 'whole';
    this.#holdsAnswers = false;
    this.#delayMs = 0;
    if (!this.#listener) await this.#listen();
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.resume();
  }

  /** Breaks every open connection, but keeps accepting new ones. */
  breakConnections(): void {
    this.#breakAll();
  }

  async stop(): Promise<void> {
    await this.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      const listener = createServer({ allowHalfOpen: false }, (client) => this.#join(client));
      listener.once('error', reject);
      listener.listen(this.#port, '127.0.0.1', () => {
        const address = listener.address();
        if (address !== null && typeof address === 'object') this.#port = address.port;
        this.#listener = listener;
        resolve();
      });
    });
  }

  #join(client: Socket): void {
    // The kernel accepted it before the cut took effect.
    if (this.#state === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(this.target);
    const pair: Pair = { client, server, said: '' };
    this.#pairs.add(pair);
    this.#relay(pair, client, server);
    this.#relay(pair, server, client);
    const forget = () => {
      this.#pairs.delete(pair);
      this.#stranded.delete(pair);
    };
    client.once('close', forget);
    server.once('close', forget);
  }

  #hear(pair: Pair, bytes: Buffer): void {
    if (pair.said.length < REMEMBERED_BYTES) pair.said += bytes.toString('latin1').toLowerCase();
    if (this.#isHung(pair)) pause(pair);
  }

  #isHung(pair: Pair): boolean {
    if (this.#state !== 'hung') return false;
    return this.#hungWords.length === 0 || this.#hungWords.some((word) => pair.said.includes(word));
  }

  #relay(pair: Pair, from: Socket, to: Socket): void {
    let lastDueAt = 0;
    const inTurn = (act: () => void) => {
      // Data received earlier under a longer delay is still sent first.
      lastDueAt = Math.max(lastDueAt, performance.now() + this.#delayMs);
      const waitMs = lastDueAt - performance.now();
      if (waitMs > 0) setTimeout(act, Math.ceil(waitMs));
      else act();
    };
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      if (from === pair.client) this.#hear(pair, bytes);
      if (this.#isHung(pair)) {
        // Keep it until the connection is healed.
        from.unshift(bytes);
        return;
      }
      if (this.#holdsAnswers && from === pair.server) {
        from.pause();
        from.unshift(bytes);
        return;
      }
      inTurn(() => {
        if (to.writable) to.write(bytes);
      });
    });
    from.once('end', () => inTurn(() => to.end()));
    from.once('error', () => to.resetAndDestroy());
    if (this.#isHung(pair)) from.pause();
  }

  #breakAll(): void {
    for (const { client, server } of [...this.#pairs, ...this.#stranded]) {
      for (const socket of [client, server]) socket.resetAndDestroy();
    }
    this.#pairs.clear();
    this.#stranded.clear();
  }
}

function pause({ client, server }: Pair): void {
  client.pause();
  server.pause();
}

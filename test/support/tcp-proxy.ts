import { connect, createServer, type Server, type Socket } from 'node:net';

type State = 'whole' | 'cut' | 'hung';
/** Where a client says what its connection is for. */
const REMEMBERED_BYTES = 4_096;

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The first bytes from the client, in small letters: clients write commands in either. */
  said: string;
}

/** A TCP relay in front of a server, which a test can break for those who go through it. */
export class TcpProxy {
  readonly #pairs = new Set<Pair>();
  readonly #stranded = new Set<Pair>();
  #state: State = 'whole';
  /** Only connections whose client said this are hung; `null`: all. */
  #hungWord: string | null = null;
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

  /** The target's URL, with the proxy in its place. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.#port);
    return through.href;
  }

  /** Breaks every connection and refuses new ones, as when the server is gone. */
  async cut(): Promise<void> {
    this.#state = 'cut';
    this.#breakAll();
    await this.#close();
  }

  /**
   * Keeps and accepts connections, and passes no byte either way, as when a network swallows packets.
   *
   * @param word hangs only the connections whose client said it among its first bytes, and others once they say it:
   *   `subscribe` leaves commands whole and a subscription half open
   */
  hang(word: string | null = null): void {
    this.#state = 'hung';
    this.#hungWord = word === null ? null : word.toLowerCase();
    for (const pair of this.#pairs) if (this.#isHung(pair)) pause(pair);
  }

  /** Passes what clients say, and keeps the server's answers back until it is healed. */
  holdAnswers(): void {
    this.#holdsAnswers = true;
  }

  /** Breaks every connection and sends new ones to another server. */
  retarget({ port, host = '127.0.0.1' }: { port: number; host?: string }): void {
    this.target = { host, port };
    this.#breakAll();
  }

  /** Passes no byte of the present connections ever more, and goes on with new ones, as a firewall that lost its table. */
  strand(): void {
    for (const pair of this.#pairs) {
      pause(pair);
      this.#stranded.add(pair);
    }
    this.#pairs.clear();
  }

  /** Passes every byte this much later, in each direction. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Ends `cut`, `hang`, `holdAnswers` and `delay`; connections that hung go on where they were. */
  async heal(): Promise<void> {
    this.#state = 'whole';
    this.#holdsAnswers = false;
    this.#delayMs = 0;
    if (!this.#listener) await this.#listen();
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.resume();
  }

  /** Breaks every connection of the moment and goes on accepting. */
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

  #close(): Promise<void> {
    return new Promise((resolve) => {
      const listener = this.#listener;
      this.#listener = null;
      if (listener) listener.close(() => resolve());
      else resolve();
    });
  }

  #join(client: Socket): void {
    // Accepted by the system before the cut was seen.
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
    return this.#state === 'hung' && (this.#hungWord === null || pair.said.includes(this.#hungWord));
  }

  #relay(pair: Pair, from: Socket, to: Socket): void {
    let lastDueAt = 0;
    const inTurn = (act: () => void) => {
      // What came earlier under a longer delay still goes first.
      lastDueAt = Math.max(lastDueAt, performance.now() + this.#delayMs);
      const waitMs = lastDueAt - performance.now();
      if (waitMs > 0) setTimeout(act, Math.ceil(waitMs));
      else act();
    };
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      if (from === pair.client) this.#hear(pair, bytes);
      if (this.#isHung(pair)) {
        // Kept for the time after.
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

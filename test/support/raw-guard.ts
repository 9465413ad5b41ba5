import { WebSocket } from 'ws';
import { waitUntil } from './wait-until.js';

export type GuardMessage = { readonly type: string } & Readonly<Record<string, unknown>>;

interface Options {
  readonly id: string;
  readonly secret: string;
  readonly protocols?: string[];
  /** Whether ends are acknowledged as they arrive. */
  readonly acknowledges?: boolean;
}

export function basicAuthorization(id: string, secret: string): string {
  const encoded = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(encoded).toString('base64')}`;
}

/** A guard written against `docs/guard-protocol.md`, message by message. */
export class RawGuard {
  readonly messages: GuardMessage[] = [];
  acknowledges: boolean;
  onMessage: (message: GuardMessage) => void = () => {};
  closed: { readonly code: number; readonly reason: string } | null = null;
  private readonly socket: WebSocket;
  private pings = 0;
  private questions = 0;

  constructor(url: string, { id, secret, protocols = ['latchkey-guard.v1'], acknowledges = true }: Options) {
    this.acknowledges = acknowledges;
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/guard`, protocols, {
      headers: { authorization: basicAuthorization(id, secret) },
    });
    this.socket.on('message', (data) => this.receive(JSON.parse(String(data))));
    this.socket.on('error', () => {});
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  /** Connects, reads the snapshot and acknowledges it. */
  static async join(url: string, options: Options): Promise<RawGuard> {
    const guard = new RawGuard(url, options);
    await guard.next(({ type, last }) => type === 'snapshot' && last === true, 'the whole snapshot');
    guard.send({ type: 'ack', seq: 0 });
    return guard;
  }

  /** Takes the first message that fits, which may have arrived already. */
  async next(fits: (message: GuardMessage) => boolean, what: string): Promise<GuardMessage> {
    return waitUntil(what, () => this.messages.find(fits), { everyMs: 5 });
  }

  /** All parts of the snapshot together. */
  get snapshotSessions(): unknown[] {
    return this.listOf('snapshot', 'sessions');
  }

  /** The sessions of all `ends` until now. */
  get endedSessions(): unknown[] {
    return this.listOf('ends', 'sessions');
  }

  /** @returns the length of the lease, milliseconds */
  async ping(): Promise<number> {
    this.pings += 1;
    const n = this.pings;
    this.send({ type: 'ping', n });
    return Number((await this.next((it) => it.type === 'pong' && it.n === n, `pong ${n}`)).r);
  }

  /** Pings until the parent gives a lease. */
  async holdLease(): Promise<void> {
    await waitUntil('the parent gives a lease', async () => (await this.ping()) > 0);
  }

  async ask(question: object): Promise<unknown> {
    this.questions += 1;
    const id = this.questions;
    this.send({ type: 'ask', questions: [{ id, ...question }] });
    const answer = () =>
      this.listOf('answers', 'answers').find((it) => (it as { id: number }).id === id) as object | undefined;
    const { id: _id, ...rest } = (await waitUntil(`answer ${id}`, answer, { everyMs: 5 })) as { id: number };
    return rest;
  }

  use(...sessions: object[]): void {
    this.send({ type: 'use', sessions });
  }

  send(message: object | string | Buffer): void {
    this.socket.send(
      typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
    );
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.untilClosed();
  }

  untilClosed(): Promise<{ code: number; reason: string }> {
    return waitUntil('the connection is closed', () => this.closed);
  }

  private receive(message: GuardMessage): void {
    this.messages.push(message);
    this.onMessage(message);
    if (message.type === 'ends' && this.acknowledges) this.send({ type: 'ack', seq: message.seq });
  }

  private listOf(type: string, member: string): unknown[] {
    return this.messages
      .filter((message) => message.type === type)
      .flatMap((message) => (message[member] as unknown[] | undefined) ?? []);
  }
}

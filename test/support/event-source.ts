import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { waitUntil } from './wait-until.js';

export interface ReceivedEvent {
  readonly event: string;
  readonly data: unknown;
  /** Monotonic. */
  readonly at: number;
}

/** Reads an event stream as a browser's `EventSource` does, but does not reconnect. */
export class EventSource {
  readonly received: ReceivedEvent[] = [];
  /** Not among the received events. */
  heartbeats = 0;
  isClosed = false;
  private rest = '';

  private constructor(
    private readonly sent: ClientRequest,
    readonly answer: IncomingMessage,
  ) {
    answer.setEncoding('utf8').on('data', (text: string) => this.read(text));
    const close = () => {
      this.isClosed = true;
    };
    answer.on('close', close).on('error', close);
  }

  /** @param headers with the cookie or the token */
  static open(url: string, headers: Record<string, string>, path = '/account/events'): Promise<EventSource> {
    return new Promise((resolve, reject) => {
      // A separate connection, as every open stream has.
      const sent = request(`${url}${path}`, { headers, agent: false }, (answer) =>
        resolve(new EventSource(sent, answer)),
      );
      sent.on('error', reject);
      sent.end();
    });
  }

  /** The first event with this name received after the call. */
  async next(event: string, timeoutMs = 10_000): Promise<ReceivedEvent> {
    const before = this.received.length;
    return waitUntil(
      `the event ${event}`,
      () => this.received.slice(before).find((it) => it.event === event),
      {
        timeoutMs,
        everyMs: 5,
      },
    );
  }

  async closed(): Promise<void> {
    await waitUntil('the stream to close', () => this.isClosed);
  }

  leave(): void {
    this.sent.destroy();
  }

  private read(text: string): void {
    this.rest += text;
    const blocks = this.rest.split('\n\n');
    this.rest = blocks.pop() ?? '';
    for (const block of blocks) this.readBlock(block.split('\n'));
  }

  private readBlock(lines: string[]): void {
    const field = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const event = field('event');
    if (event === 'heartbeat') this.heartbeats += 1;
    else if (event)
      this.received.push({ event, data: JSON.parse(field('data') ?? 'null'), at: performance.now() });
  }
}

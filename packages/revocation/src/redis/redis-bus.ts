import { randomUUID } from 'node:crypto';
import type { Bus, BusListener, HeartbeatReceipt, PushReceipt } from '../bus.js';
import { TimeoutError } from '../errors.js';
import type { Inspection } from '../inspection.js';
import type { Revocations } from '../session-store.js';
import type { RedisPort } from './redis-port.js';
import { Subscriber } from './subscriber.js';
import { withTimeout } from './with-timeout.js';

const COMMAND_TIMEOUT_MS = 1_000;
const RESUBSCRIBE_DELAY_MS = 100;
/** Timeouts in a row after which the socket is replaced: a cut cable closes nothing. */
const TIMEOUTS_TO_RESET = 3;

// Identifies the server and its history: after a failover and back the run id is the same again, the replication id
// never is.
const SERVER = `string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') .. ':' ..
  string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')`;

// No entry expires by time, so that no wall clock is involved. A revoker that has waited for a dead instance removes it.
const HEARTBEAT = `
local previous = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[2])
return { previous, ${SERVER} }`;

// The write changes nothing, but a replica refuses it. A replica would accept the message without delivering it to the others.
const PUSH = `
redis.call('HDEL', KEYS[1], '')
redis.call('PUBLISH', ARGV[1], ARGV[2])
return { redis.call('HGETALL', KEYS[1]), ${SERVER} }`;

const FORGET = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`;

const LEAVE = `return redis.call('HDEL', KEYS[1], ARGV[1])`;

/** The wire format; `ends` is an older name that running instances rely on. */
interface PushMessage {
  readonly from: string;
  readonly pushId: string;
  readonly ends: Revocations;
}

/** Connects the instances of a service through Redis: a table of instances, and publish/subscribe. */
export class RedisBus implements Bus {
  readonly instanceId: string = randomUUID();
  private readonly table: string;
  private readonly pushes: string;
  private readonly changes: string;
  private subscriber: Subscriber | null = null;
  private timeouts = 0;

  constructor(private readonly redis: RedisPort) {
    this.table = `${redis.prefix}:instances`;
    this.pushes = `${redis.prefix}:ends`;
    this.changes = `${redis.prefix}:changes`;
  }

  start(listener: BusListener): void {
    // One connection for all channels: leases rest on the order of its messages.
    this.subscriber = new Subscriber(this.redis, {
      channels: {
        [this.pushes]: (text) => this.heardPush(listener, text),
        [this.heartbeats()]: (text) => listener.heartbeat(Number(text)),
        [this.acknowledgements(this.instanceId)]: (text) => listener.acknowledgement(...twoWords(text)),
        [this.changes]: (text) => listener.changed(text.split(' ')),
        [questionChannel(this.redis.prefix)]: (text) => listener.question(...twoWords(text)),
      },
      retryDelayMs: RESUBSCRIBE_DELAY_MS,
      onSubscribed: () => listener.subscribed(),
      onLost: () => listener.lost(),
    });
    this.subscriber.start();
  }

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    const [previous, server] = await this.script<[string | null, string]>(HEARTBEAT, [
      this.instanceId,
      String(sequence),
      this.heartbeats(),
    ]);
    return { previous: previous === null ? null : Number(previous), server };
  }

  async push(pushId: string, { sessions, cutOffs }: Revocations): Promise<PushReceipt> {
    const message: PushMessage = { from: this.instanceId, pushId, ends: { sessions, cutOffs } };
    const [table, server] = await this.script<[string[], string]>(PUSH, [
      this.pushes,
      JSON.stringify(message),
    ]);
    const registered = new Map<string, number>();
    for (let at = 0; at < table.length; at += 2) registered.set(String(table[at]), Number(table[at + 1]));
    return { registered, server };
  }

  async acknowledge(revoker: string, pushId: string): Promise<void> {
    await this.publish(this.acknowledgements(revoker), `${this.instanceId} ${pushId}`);
  }

  async announceChange(sessionIds: readonly string[]): Promise<void> {
    await this.publish(this.changes, sessionIds.join(' '));
  }

  async answer(replyTo: string, inspection: Inspection): Promise<void> {
    await this.publish(replyTo, JSON.stringify(inspection));
  }

  async forget(instanceId: string, sequence: number): Promise<void> {
    await this.script(FORGET, [instanceId, String(sequence)]);
  }

  resubscribe(): void {
    this.subscriber?.renew();
  }

  async stop(): Promise<void> {
    await this.subscriber?.stop();
    try {
      await this.script(LEAVE, [this.instanceId]);
    } catch {
      // It stays in the table until a revoker has waited for it once.
    }
  }

  private heardPush(listener: BusListener, text: string): void {
    const message = pushMessage(text);
    if (message) listener.push(message.from, message.pushId, message.ends);
    else this.resubscribe();
  }

  private async publish(channel: string, message: string): Promise<void> {
    await withTimeout(COMMAND_TIMEOUT_MS, () => this.redis.client.publish(channel, message));
  }

  private async script<T>(script: string, args: string[]): Promise<T> {
    try {
      const reply = await withTimeout(COMMAND_TIMEOUT_MS, () =>
        this.redis.client.eval(script, { keys: [this.table], arguments: args }),
      );
      this.timeouts = 0;
      return reply as T;
    } catch (error) {
      // An error that Redis answers with (OOM, READONLY, NOAUTH) needs no new socket.
      if (this.redis.isReady && error instanceof TimeoutError) this.timeouts += 1;
      if (this.timeouts >= TIMEOUTS_TO_RESET) {
        this.timeouts = 0;
        this.redis.reset();
      }
      throw error;
    }
  }

  private heartbeats(): string {
    return `${this.redis.prefix}:heartbeats:${this.instanceId}`;
  }

  private acknowledgements(instanceId: string): string {
    return `${this.redis.prefix}:acknowledgements:${instanceId}`;
  }
}

/** Where an operator asks every instance about a session: `<channel for the answers> <session id>`. */
export function questionChannel(prefix: string): string {
  return `${prefix}:questions`;
}

function twoWords(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

/**
 * Redis may deliver anything. A message that is not understood may have been a revocation, so the caller resubscribes,
 * which ends the trust in caches until the store has been read.
 */
function pushMessage(text: string): PushMessage | null {
  try {
    const message = JSON.parse(text) as PushMessage;
    const isPush =
      typeof message.from === 'string' &&
      typeof message.pushId === 'string' &&
      message.ends.sessions.every(
        (it) => typeof it.sessionId === 'string' && typeof it.reason === 'string',
      ) &&
      message.ends.cutOffs.every((it) => typeof it.userId === 'string' && Number.isInteger(it.rolesVersion));
    return isPush ? message : null;
  } catch {
    return null;
  }
}

import { v4 as randomId } from 'uuid';
import { AppError } from '../../../../src/errors/app-error.js';
import { withTimeout } from '../../../../src/errors/with-timeout.js';
import type { RedisConnection } from '../../../../src/redis/redis-connection.js';
import type { Bus, BusListener, HeartbeatReceipt, PushReceipt } from '../bus.js';
import type { Inspection } from '../inspection.js';
import type { Revocations } from '../session-store.js';

const COMMAND_TIMEOUT_MS = 1_000;
const SUBSCRIBE_TIMEOUT_MS = 2_000;
const RESUBSCRIBE_DELAY_MS = 100;
/** Answers missing in a row before the socket is given up: a cut cable closes nothing. */
const TIMEOUTS_TO_RESET = 3;

// Which server this is, and in which part of its history: a fail-over and back brings the same run id again,
// but never the same replication id.
const SERVER = `string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') .. ':' ..
  string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')`;

// No entry expires by time: no wall clock may take part. Dead ones are struck off by who waited for them.
const HEARTBEAT = `
local previous = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[2])
return { previous, ${SERVER} }`;

// The write that changes nothing makes a replica refuse: it would take the message, and the others would not hear it.
const PUSH = `
redis.call('HDEL', KEYS[1], '')
redis.call('PUBLISH', ARGV[1], ARGV[2])
return { redis.call('HGETALL', KEYS[1]), ${SERVER} }`;

const FORGET = `
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`;

const LEAVE = `return redis.call('HDEL', KEYS[1], ARGV[1])`;

interface PushMessage {
  readonly from: string;
  readonly pushId: string;
  readonly ends: Revocations;
}

/** The instances of this service, met in Redis: a table of who is there, and publish/subscribe. */
export class RedisBus implements Bus {
  readonly instanceId = randomId();
  private readonly table: string;
  private readonly ends: string;
  private readonly changes: string;
  private giveUp: () => void = () => {};
  private isStopped = false;
  private timeouts = 0;
  private subscribing: Promise<void> = Promise.resolve();

  constructor(private readonly redis: RedisConnection) {
    this.table = `${redis.prefix}:instances`;
    this.ends = `${redis.prefix}:ends`;
    this.changes = `${redis.prefix}:changes`;
  }

  start(listener: BusListener): void {
    this.subscribing = this.staySubscribed(listener);
  }

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    const [previous, server] = await this.script<[string | null, string]>(HEARTBEAT, [
      this.instanceId,
      String(sequence),
      this.heartbeats(),
    ]);
    return { previous: previous === null ? null : Number(previous), server };
  }

  async push(pushId: string, ends: Revocations): Promise<PushReceipt> {
    const message: PushMessage = {
      from: this.instanceId,
      pushId,
      ends: { sessions: ends.sessions, cutOffs: ends.cutOffs },
    };
    const [table, server] = await this.script<[string[], string]>(PUSH, [this.ends, JSON.stringify(message)]);
    const registered = new Map<string, number>();
    for (let at = 0; at < table.length; at += 2) registered.set(String(table[at]), Number(table[at + 1]));
    return { registered, server };
  }

  async acknowledge(revoker: string, pushId: string): Promise<void> {
    await withTimeout(COMMAND_TIMEOUT_MS, () =>
      this.redis.client.publish(this.acknowledgements(revoker), `${this.instanceId} ${pushId}`),
    );
  }

  async announceChange(sessionIds: readonly string[]): Promise<void> {
    await withTimeout(COMMAND_TIMEOUT_MS, () =>
      this.redis.client.publish(this.changes, sessionIds.join(' ')),
    );
  }

  async answer(replyTo: string, inspection: Inspection): Promise<void> {
    await withTimeout(COMMAND_TIMEOUT_MS, () =>
      this.redis.client.publish(replyTo, JSON.stringify(inspection)),
    );
  }

  async forget(instanceId: string, sequence: number): Promise<void> {
    await this.script(FORGET, [instanceId, String(sequence)]);
  }

  resubscribe(): void {
    this.giveUp();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.giveUp();
    await this.subscribing;
    try {
      await this.script(LEAVE, [this.instanceId]);
    } catch {
      // It stays in the table until a revoker has waited for it once.
    }
  }

  private async staySubscribed(listener: BusListener): Promise<void> {
    while (!this.isStopped) {
      const subscriber = this.redis.newSubscriber();
      const gone = new Promise<void>((resolve) => {
        this.giveUp = resolve;
        subscriber.on('error', () => resolve());
        subscriber.on('end', () => resolve());
      });
      try {
        await withTimeout(SUBSCRIBE_TIMEOUT_MS, async () => {
          await subscriber.connect();
          // One connection for all: the order of its messages is what the lease rests on.
          await subscriber.subscribe(this.ends, (text) => this.heardEnds(listener, text));
          await subscriber.subscribe(this.heartbeats(), (text) => listener.heartbeat(Number(text)));
          await subscriber.subscribe(this.acknowledgements(this.instanceId), (text) => {
            listener.acknowledgement(...twoWords(text));
          });
          await subscriber.subscribe(this.changes, (text) => listener.changed(text.split(' ')));
          await subscriber.subscribe(questionChannel(this.redis.prefix), (text) => {
            listener.question(...twoWords(text));
          });
        });
        listener.subscribed();
        await gone;
      } catch {
        // Not reachable now; the next round tries again.
      }
      listener.lost();
      if (subscriber.isOpen) await subscriber.disconnect();
      if (!this.isStopped) await new Promise((resolve) => setTimeout(resolve, RESUBSCRIBE_DELAY_MS));
    }
  }

  private heardEnds(listener: BusListener, text: string): void {
    const message = pushMessage(text);
    if (message) listener.push(message.from, message.pushId, message.ends);
    else this.resubscribe();
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
      if (this.redis.isReady && error instanceof AppError) this.timeouts += 1;
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

/** Where an operator asks all instances about a session: `<channel of the answers> <session id>`. */
export function questionChannel(prefix: string): string {
  return `${prefix}:questions`;
}

function twoWords(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

/** Redis may say anything. What is not understood may have been an end, so it ends the trust until the next tail. */
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

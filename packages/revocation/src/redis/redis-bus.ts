import { randomUUID } from 'node:crypto';
import type { Bus, BusListener, HeartbeatReceipt, PushReceipt } from '../bus.js';
import { TimeoutError } from '../errors.js';
import type { Inspection } from '../inspection.js';
import type { Revocations } from '../session-store.js';
import type { Authenticator } from './authenticator.js';
import { readPush, writePush } from './push-message.js';
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
const heartbeatScript = (publish: string) => `
local previous = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('${publish}', ARGV[3], ARGV[4])
return { previous, ${SERVER} }`;

// The write changes nothing, but a replica refuses it. A replica would accept the message without delivering it to the others.
const pushScript = (publish: string) => `
redis.call('HDEL', KEYS[1], '')
local receivers = redis.call('${publish}', ARGV[1], ARGV[2])
return { redis.call('HGETALL', KEYS[1]), ${SERVER}, receivers }`;

// An entry that is no number was not written by an instance.
const FORGET = `
local entry = redis.call('HGET', KEYS[1], ARGV[1])
if entry and (entry == ARGV[2] or not tonumber(entry)) then return redis.call('HDEL', KEYS[1], ARGV[1]) end
return 0`;

const LEAVE = `return redis.call('HDEL', KEYS[1], ARGV[1])`;

/**
 * Connects the instances of a service through Redis: a table of instances, and publish/subscribe. Every message is
 * sealed for its channel, and one that is not genuine counts for nothing. The entries of the table need no proof: one
 * more makes a revoker wait, and one less shows in the number of receivers.
 */
export class RedisBus implements Bus {
  readonly instanceId: string = randomUUID();
  private readonly table: string;
  private readonly pushes: string;
  private readonly changes: string;
  private readonly heartbeatScript: string;
  private readonly pushScript: string;
  private subscriber: Subscriber | null = null;
  private timeouts = 0;

  /** @param isId whether a text can be the id of a session or user */
  constructor(
    private readonly redis: RedisPort,
    private readonly authenticator: Authenticator,
    private readonly isId: (text: string) => boolean = () => true,
  ) {
    this.table = `${redis.prefix}:instances`;
    this.pushes = `${redis.prefix}:ends`;
    this.changes = `${redis.prefix}:changes`;
    const publish = redis.usesShardedChannels ? 'SPUBLISH' : 'PUBLISH';
    this.heartbeatScript = heartbeatScript(publish);
    this.pushScript = pushScript(publish);
  }

  start(listener: BusListener): void {
    // One connection for all channels: leases rest on the order of its messages.
    this.subscriber = new Subscriber(this.redis, {
      channels: {
        [this.pushes]: (sealed) => this.heardPush(listener, sealed),
        ...this.genuine(this.heartbeats(), (text) => listener.heartbeat(Number(text))),
        ...this.genuine(this.acknowledgements(this.instanceId), (text) =>
          listener.acknowledgement(...twoWords(text)),
        ),
        ...this.genuine(this.changes, (text) => listener.changed(text.split(' '))),
        ...this.genuine(questionChannel(this.redis.prefix), (text) => listener.question(...twoWords(text))),
      },
      retryDelayMs: RESUBSCRIBE_DELAY_MS,
      onSubscribed: () => listener.subscribed(),
      onLost: () => listener.lost(),
    });
    this.subscriber.start();
  }

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    // Before: the lease is counted from the call, so it ends one lease after the server was the current one.
    await this.confirm();
    const [previous, server] = await this.script<[string | null, string]>(this.heartbeatScript, [
      this.instanceId,
      String(sequence),
      this.heartbeats(),
      this.authenticator.seal(this.heartbeats(), String(sequence)),
    ]);
    return { previous: previous === null ? null : Number(previous), server };
  }

  async push(pushId: string, revocations: Revocations): Promise<PushReceipt> {
    // An instance that follows to another server after this confirmation reads the store before it trusts its caches there.
    const [[table, server, receivers]] = await Promise.all([
      this.script<[string[], string, number]>(this.pushScript, [
        this.pushes,
        this.authenticator.seal(this.pushes, writePush(this.instanceId, pushId, revocations)),
      ]),
      this.confirm(),
    ]);
    const registered = new Map<string, number>();
    for (let at = 0; at < table.length; at += 2) registered.set(String(table[at]), Number(table[at + 1]));
    return { registered, server, receivers };
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

  /**
   * A push that is not genuine, or not understood, may still stand for a revocation: an instance of another version, or
   * with another secret, may have sent it. To subscribe again ends the trust in caches until the store has been read.
   */
  private heardPush(listener: BusListener, sealed: string): void {
    const text = this.authenticator.open(this.pushes, sealed);
    const push = text === null ? null : readPush(text, this.isId);
    if (push?.isComplete) listener.push(push.from, push.pushId, push.revocations);
    else {
      // Not acknowledged: the revoker waits until this instance's lease has run out.
      if (push) listener.revoked(push.revocations);
      this.resubscribe();
    }
  }

  /** Listens to one channel, and ignores what no instance sealed for it. */
  private genuine(
    channel: string,
    listener: (text: string) => void,
  ): Record<string, (sealed: string) => void> {
    return {
      [channel]: (sealed) => {
        const text = this.authenticator.open(channel, sealed);
        if (text !== null) listener(text);
      },
    };
  }

  private async publish(channel: string, text: string): Promise<void> {
    const sealed = this.authenticator.seal(channel, text);
    await withTimeout(COMMAND_TIMEOUT_MS, () => this.redis.publish(channel, sealed));
  }

  private confirm(): Promise<void> {
    return withTimeout(COMMAND_TIMEOUT_MS, () => this.redis.confirm());
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

/** Where an operator asks every instance about a session: `<channel for the answers> <session id>`, sealed. */
export function questionChannel(prefix: string): string {
  return `${prefix}:questions`;
}

function twoWords(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

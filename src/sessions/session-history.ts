import type { Inspection } from '@latchkey/revocation/inspection';
import { questionChannel } from '@latchkey/revocation/redis/redis-bus';
import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import type { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import type { RedisConnection } from '../redis/redis-connection.js';
import { Session } from './session.entity.js';
import { SessionEvent } from './session-event.entity.js';

/** Instances answer within a round trip or two. */
const ANSWERS_WAIT_MS = 500;

/** The life of a session: what is written of it, and what instances and Redis hold of it now. */
export interface SessionHistory {
  readonly session: Session;
  readonly events: readonly SessionEvent[];
  /** `null` where there is no Redis to ask through. */
  readonly instances: readonly Inspection[] | null;
  readonly inRedis: boolean | null;
}

/** Answers "why was this session ended?" and what leads to that question. */
export class SessionHistories {
  constructor(
    private readonly dataSource: DataSource,
    private readonly redis: RedisConnection | null,
  ) {}

  /** @returns the history, or `null` when there is no such session (any more) */
  async find(sessionId: string): Promise<SessionHistory | null> {
    const session = await this.dataSource.getRepository(Session).findOneBy({ id: sessionId });
    if (!session) return null;
    const [events, instances, inRedis] = await Promise.all([
      this.dataSource.getRepository(SessionEvent).find({ where: { sessionId }, order: { id: 'ASC' } }),
      this.redis && askInstances(this.redis, sessionId),
      this.redis && isInRedis(this.redis, sessionId),
    ]);
    return { session, events, instances, inRedis };
  }
}

async function isInRedis(redis: RedisConnection, sessionId: string): Promise<boolean> {
  return (await new RedisSharedCache(redis).read([sessionId])).has(sessionId);
}

async function askInstances(redis: RedisConnection, sessionId: string): Promise<Inspection[]> {
  const answers: Inspection[] = [];
  const replyTo = `${redis.prefix}:answers:${randomId()}`;
  const subscriber = redis.newSubscriber();
  subscriber.on('error', () => {
    // Answers that do not come are missing from the history, which says how many came.
  });
  await subscriber.connect();
  try {
    await subscriber.subscribe(replyTo, (text) => answers.push(JSON.parse(text) as Inspection));
    await redis.client.publish(questionChannel(redis.prefix), `${replyTo} ${sessionId}`);
    await new Promise((resolve) => setTimeout(resolve, ANSWERS_WAIT_MS));
  } finally {
    await subscriber.disconnect();
  }
  return answers;
}

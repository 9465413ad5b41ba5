import { setTimeout as sleep } from 'node:timers/promises';
import type { Inspection } from '@latchkey/revocation/inspection';
import type { Authenticator } from '@latchkey/revocation/redis/authenticator';
import { questionChannel } from '@latchkey/revocation/redis/redis-bus';
import { RedisSharedCache } from '@latchkey/revocation/redis/redis-shared-cache';
import type { DataSource } from 'typeorm';
import { v4 as randomId } from 'uuid';
import type { RedisAuthenticators } from '../redis/redis-authenticators.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { Session } from './session.entity.js';
import { SessionEvent } from './session-event.entity.js';
import { SNAPSHOT_FORMAT } from './store/session-snapshot.js';

/** Instances answer within a round trip or two. */
const ANSWERS_WAIT_MS = 500;

/** The history of a session: what Postgres has recorded, and what the instances and Redis know about it now. */
export interface SessionHistory {
  readonly session: Session;
  readonly events: readonly SessionEvent[];
  /** `null` without Redis, through which instances are asked. */
  readonly instances: readonly Inspection[] | null;
  readonly inRedis: boolean | null;
}

/** Answers "why did this session end?" and related questions. */
export class SessionHistories {
  constructor(
    private readonly dataSource: DataSource,
    private readonly redis: RedisConnection | null,
    private readonly authenticators: RedisAuthenticators,
  ) {}

  /** @returns the history, or `null` when there is no such session or it has been swept */
  async find(sessionId: string): Promise<SessionHistory | null> {
    const session = await this.dataSource.getRepository(Session).findOneBy({ id: sessionId });
    if (!session) return null;
    const [events, instances, inRedis] = await Promise.all([
      this.dataSource.getRepository(SessionEvent).find({ where: { sessionId }, order: { id: 'ASC' } }),
      this.redis && askInstances(this.redis, this.authenticators.instances, sessionId),
      this.redis && isInRedis(this.redis, this.authenticators.sessionCache, sessionId),
    ]);
    return { session, events, instances, inRedis };
  }
}

async function isInRedis(
  redis: RedisConnection,
  authenticator: Authenticator,
  sessionId: string,
): Promise<boolean> {
  return (await new RedisSharedCache(redis, SNAPSHOT_FORMAT, authenticator).read([sessionId])).has(sessionId);
}

async function askInstances(
  redis: RedisConnection,
  authenticator: Authenticator,
  sessionId: string,
): Promise<Inspection[]> {
  const answers: Inspection[] = [];
  const replyTo = `${redis.prefix}:answers:${randomId()}`;
  const subscriber = redis.newSubscriber();
  subscriber.on('error', () => {
    // Missing answers are missing from the history, which says how many there are.
  });
  await subscriber.connect();
  try {
    await subscriber.subscribe([replyTo], (sealed) => {
      const text = authenticator.open(replyTo, sealed);
      if (text !== null) answers.push(JSON.parse(text) as Inspection);
    });
    const questions = questionChannel(redis.prefix);
    await redis.publish(questions, authenticator.seal(questions, `${replyTo} ${sessionId}`));
    await sleep(ANSWERS_WAIT_MS);
  } finally {
    await subscriber.disconnect();
  }
  return answers;
}

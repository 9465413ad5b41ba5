import { RedisAuthenticators } from '../../../src/redis/redis-authenticators.js';
import { type SessionSnapshot, SNAPSHOT_FORMAT } from '../../../src/sessions/store/session-snapshot.js';
import { decodeJwt } from '../../support/decode-jwt.js';
import { serviceEnv } from '../../support/service-env.js';
import type { ClientSession } from './recorder.js';
import { redisCommands } from './redis-commands.js';

/**
 * Writes entries to the shared cache, under the service's keys, that show these sessions as active. They are sealed, like
 * old entries that someone has kept and written again.
 */
export async function poisonCache(
  port: number,
  prefix: string,
  sessions: readonly ClientSession[],
): Promise<void> {
  const { LATCHKEY_SECRET: secret = '' } = serviceEnv('');
  const authenticator = new RedisAuthenticators(Buffer.from(secret)).sessionCache;
  await redisCommands(
    port,
    sessions.map((session) => {
      const key = `${prefix}:session:${SNAPSHOT_FORMAT.version}:${session.id}`;
      return [
        'SET',
        key,
        JSON.stringify({ sealed: authenticator.seal(key, JSON.stringify(alive(session))) }),
      ];
    }),
  );
}

/** The entry that an instance would have written for a session in use. */
function alive({ id, device, user, accessToken }: ClientSession): SessionSnapshot {
  const now = Date.now();
  return {
    sessionId: id,
    userId: String(decodeJwt(accessToken).sub),
    deviceId: device,
    status: 'active',
    endedReason: null,
    createdAt: now - 60_000,
    sessionEpoch: 0,
    rolesVersion: 0,
    activeAt: now,
    lastSeenAt: now,
    readAt: now,
    address: null,
    countries: [],
    clients: [],
    needsLogin: false,
    profile: {
      email: user,
      emailVerified: false,
      deviceName: 'poison',
      deviceKind: 'other',
      browser: null,
      system: null,
    },
  };
}

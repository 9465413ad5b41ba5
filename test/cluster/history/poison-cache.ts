import { decodeJwt } from './decode-jwt.js';
import type { ClientSession } from './recorder.js';
import { redisCommands } from './redis-commands.js';

/** Writes entries to the shared cache, under the service's keys, that show these sessions as active. */
export async function poisonCache(
  port: number,
  prefix: string,
  sessions: readonly ClientSession[],
): Promise<void> {
  await redisCommands(
    port,
    sessions.map((session) => ['SET', `${prefix}:session:1:${session.id}`, JSON.stringify(alive(session))]),
  );
}

/** The entry that an instance would have written for a session in use. */
function alive({ id, device, user, accessToken }: ClientSession) {
  const now = Date.now();
  return {
    sessionId: id,
    userId: decodeJwt(accessToken).sub,
    deviceId: device,
    status: 'active',
    endedReason: null,
    createdAt: now - 60_000,
    rolesVersion: 0,
    lastSeenAt: now,
    readAt: now,
    profile: { email: user, deviceName: 'poison', deviceKind: 'other', browser: null, system: null },
  };
}

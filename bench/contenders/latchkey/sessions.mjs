import { randomUUID } from 'node:crypto';
import { AccessTokenIssuer } from '../../../src/auth/access-tokens/access-token.issuer.js';
import { Config } from '../../../src/config/config.js';

const PROFILE = {
  deviceName: 'Firefox on Android',
  deviceKind: 'mobile',
  browser: 'Firefox 140',
  system: 'Android 16',
};
const emailOf = (userId) => `${userId}@example.com`;
const newest = Date.now();

const userId = randomUUID();
/** The principal that the unchecked routes answer with. Its JSON is as long as that of any session below. */
export const PRINCIPAL = {
  userId,
  roles: [],
  authenticatedAt: newest,
  session: {
    snapshot: {
      sessionId: randomUUID(),
      deviceId: randomUUID(),
      createdAt: newest,
      lastSeenAt: newest,
      profile: { email: emailOf(userId), emailVerified: false, ...PROFILE },
    },
    use: { grantedAt: newest },
  },
};

/** Inserts sessions, each with its own user and device, as logins would. @returns access tokens from the service's issuer */
export async function issueCredentials(app, dataSource, count) {
  const rows = Array.from({ length: count }, () => ({
    userId: randomUUID(),
    deviceId: randomUUID(),
    sessionId: randomUUID(),
  }));
  await writeRows(dataSource, rows);
  const issuer = app.get(AccessTokenIssuer, { strict: false });
  const { audiences: audience } = app.get(Config, { strict: false }).accessToken;
  const now = new Date();
  const tokens = [];
  for (const { userId, deviceId, sessionId } of rows) {
    const issued = await issuer.issue({
      userId,
      sessionId,
      deviceId,
      sessionEpoch: 0,
      audience,
      roles: [],
      rolesVersion: 0,
      generation: 0,
      createdAt: now,
      authenticatedAt: now,
      amr: ['pwd'],
      now,
    });
    tokens.push(issued.token);
  }
  return tokens;
}

async function writeRows(dataSource, rows) {
  const users = rows.map(({ userId }) => userId);
  const devices = rows.map(({ deviceId }) => deviceId);
  const sessions = rows.map(({ sessionId }) => sessionId);
  await dataSource.query(
    `INSERT INTO users (id, email, password_hash) SELECT id, id || '@example.com', 'none' FROM unnest($1::uuid[]) AS it (id)`,
    [users],
  );
  await dataSource.query(
    `INSERT INTO devices (id, user_id, token_hash, name, kind, browser, system)
     SELECT id, user_id, decode(replace(id::text, '-', ''), 'hex'), $3, $4, $5, $6
     FROM unnest($1::uuid[], $2::uuid[]) AS it (id, user_id)`,
    [devices, users, PROFILE.deviceName, PROFILE.deviceKind, PROFILE.browser, PROFILE.system],
  );
  await dataSource.query(
    `INSERT INTO sessions (id, user_id, device_id, amr, sweep_at)
     SELECT id, user_id, device_id, '{pwd}', now() + interval '60 days'
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS it (id, user_id, device_id)`,
    [sessions, users, devices],
  );
}

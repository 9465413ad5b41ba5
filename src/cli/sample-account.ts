import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Device } from '../devices/device.entity.js';
import type { GeoIp } from '../geoip/geoip.js';
import { locationText } from '../geoip/location-text.js';
import { SecurityEvent } from '../security-events/security-event.entity.js';
import { Session } from '../sessions/session.entity.js';
import { clientFamily, clientText, familyText } from '../user-agents/client-family.js';
import { describeUserAgent } from '../user-agents/describe-user-agent.js';
import { User } from '../users/user.entity.js';

export const SAMPLE_EMAIL = 'grace@example.org';
export const SAMPLE_PASSWORD = 'correct horse battery';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const APPLE_WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

interface SampleDevice {
  /** What the user calls it. */
  readonly name?: string;
  readonly userAgent: string;
  readonly address: string;
  readonly country: string;
  readonly signedInDaysAgo: number;
  readonly usedMinutesAgo: number;
  readonly endedAs?: 'logout' | 'suspicious';
}

/** The addresses are those of universities, whose location does not change. */
const BREMEN = { address: '134.102.20.20', country: 'DE' };
const TOKYO = { address: '133.11.0.1', country: 'JP' };
const STANFORD = { address: '171.64.0.1', country: 'US' };

const DEVICES: readonly SampleDevice[] = [
  {
    userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE_WEBKIT} Version/26.0 Safari/605.1.15`,
    ...BREMEN,
    signedInDaysAgo: 21,
    usedMinutesAgo: 4,
  },
  {
    name: 'Work laptop',
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`,
    ...BREMEN,
    signedInDaysAgo: 12,
    usedMinutesAgo: 3 * 60,
  },
  {
    name: "Grace's phone",
    userAgent: 'Streamer/15.48.1 (iOS 18.6; iPhone14,2)',
    ...BREMEN,
    signedInDaysAgo: 9,
    usedMinutesAgo: 35,
  },
  {
    userAgent: `Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) ${APPLE_WEBKIT} Version/18.6 Mobile/15E148 Safari/604.1`,
    ...STANFORD,
    signedInDaysAgo: 6,
    usedMinutesAgo: 2 * 24 * 60,
  },
  {
    name: 'Living room',
    userAgent: `Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) ${WEBKIT} SamsungBrowser/3.2 Chrome/76.0.3809.146 TV Safari/537.36`,
    ...BREMEN,
    signedInDaysAgo: 5,
    usedMinutesAgo: 20 * 60,
  },
  {
    userAgent: 'curl/8.5.0',
    ...BREMEN,
    signedInDaysAgo: 3,
    usedMinutesAgo: 26 * 60,
  },
  {
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
    ...TOKYO,
    signedInDaysAgo: 2,
    usedMinutesAgo: 2 * 24 * 60 - 30,
    endedAs: 'suspicious',
  },
  {
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`,
    ...STANFORD,
    signedInDaysAgo: 15,
    usedMinutesAgo: 7 * 24 * 60,
    endedAs: 'logout',
  },
];

/** Writes devices, sessions and security events as they look after some weeks. */
export async function addSampleUse(
  manager: EntityManager,
  { id: userId }: User,
  geoip: GeoIp,
): Promise<void> {
  const now = Date.now();
  const oldestFirst = DEVICES.toSorted((a, b) => b.signedInDaysAgo - a.signedInDaysAgo);
  await manager.update(User, userId, { emailConfirmedAt: () => 'now()' });
  for (const [index, sample] of oldestFirst.entries())
    await addDevice(manager, userId, sample, geoip, now, index > 0);
}

async function addDevice(
  manager: EntityManager,
  userId: string,
  sample: SampleDevice,
  geoip: GeoIp,
  now: number,
  isReported: boolean,
): Promise<void> {
  const { userAgent, address, country, endedAs } = sample;
  // As the page locates it, with the same database.
  const place = locationText(geoip.find(address));
  const signedInAt = now - sample.signedInDaysAgo * DAY_MS;
  const usedAt = new Date(now - sample.usedMinutesAgo * MINUTE_MS);
  const { name, ...description } = describeUserAgent(userAgent);
  const { browser, system } = description;
  const client = clientText({ name: browser, system }) ?? name;
  const deviceId = idAt(signedInAt);
  const sessionId = idAt(signedInAt);
  const at = new Date(signedInAt);
  const deviceName = sample.name ?? name;
  await manager.insert(Device, {
    id: deviceId,
    userId,
    tokenHash: randomBytes(32),
    name: deviceName,
    ...description,
    address,
    firstSeenAt: at,
    lastSeenAt: at,
  });
  const ended = endedAs && {
    status: 'revoked' as const,
    endedAt: usedAt,
    endedReason: endedAs,
    endedBy: endedAs === 'logout' ? `user:${userId}` : 'latchkey',
    enforcedAt: usedAt,
  };
  await manager.insert(Session, {
    id: sessionId,
    userId,
    deviceId,
    address,
    loginAddress: address,
    countries: [country],
    clients: [familyText(clientFamily(userAgent))],
    amr: ['pwd'],
    authTime: at,
    createdAt: at,
    lastSeenAt: usedAt,
    // The sweeper sets the time of the next look.
    sweepAt: new Date(now + DAY_MS),
    ...ended,
  });
  const event = { userId, sessionId, deviceId, address, place };
  if (isReported) {
    const { kind, brand } = description;
    const detail = { device: deviceName, kind, ...(brand && { brand }), client, country_code: country };
    await manager.insert(SecurityEvent, {
      ...event,
      id: idAt(signedInAt),
      kind: 'new_device_sign_in',
      at,
      detail,
    });
  }
  if (endedAs !== 'suspicious') return;
  await manager.insert(SecurityEvent, {
    ...event,
    id: idAt(usedAt.getTime()),
    kind: 'session_ended_suspicious',
    at: usedAt,
    detail: { suspicion: 'client_changed', action: 'end', client, country_code: country },
  });
}

function idAt(msecs: number): string {
  return uuidv7({ msecs });
}

import type { GeoLocation } from '../../geoip/geo-location.js';
import { locationText } from '../../geoip/location-text.js';
import type { Suspicion } from '../../policy/session-policy.js';
import type { SecurityEventKind } from '../../security-events/security-event-kind.js';
import type { NewSecurityEvent } from '../../security-events/security-events.js';
import { clientFamily, clientText, familyFromText } from '../../user-agents/client-family.js';
import type { CachedSession } from '../store/session-model.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import type { Verdict } from './suspicion.js';

interface Before {
  readonly place: GeoLocation | null;
  /** `familyText` of the client that opened the session. */
  readonly client: string | null;
}

interface Now {
  readonly address: string;
  readonly place: GeoLocation | null;
  readonly userAgent: string | null;
}

const EVENT_KINDS: Readonly<Record<Suspicion, SecurityEventKind>> = {
  impossible_travel: 'impossible_travel',
  client_changed: 'client_changed',
  client_scripted: 'client_changed',
  refresh_token_shared: 'refresh_token_shared',
  device_token_shared: 'device_token_shared',
  sign_in_after_failures: 'sign_in_after_failures',
};

/** Where a session was last used from, as far as this instance knows. */
export function lastAddress({ snapshot, use }: CachedSession): string | null {
  return use.address !== null && use.grantedAt >= snapshot.activeAt ? use.address : snapshot.address;
}

/** The event that reports a suspicion to the user: what was seen, and what was done about it. */
export function suspicionEvent(
  { userId, sessionId, deviceId }: Pick<SessionSnapshot, 'userId' | 'sessionId' | 'deviceId'>,
  { suspicion, action }: Verdict,
  before: Before,
  now: Now,
): NewSecurityEvent {
  return {
    kind: action === 'end' ? 'session_ended_suspicious' : EVENT_KINDS[suspicion],
    userId,
    sessionId,
    deviceId,
    client: now,
    detail: {
      suspicion,
      action,
      before: {
        place: locationText(before.place),
        client: before.client === null ? null : clientText(familyFromText(before.client)),
      },
      now: {
        place: locationText(now.place),
        client: now.userAgent === null ? null : clientText(clientFamily(now.userAgent)),
      },
    },
  };
}

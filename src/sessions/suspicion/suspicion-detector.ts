import type { CachedSession, SeenClient } from '@latchkey/revocation/cached-session';
import { Revocation } from '@latchkey/revocation/revocation';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config/config.js';
import { errorMessage } from '../../errors/error-message.js';
import { GeoIp } from '../../geoip/geoip.js';
import { clientAddress } from '../../http/routes/client-address.js';
import { clientFamily, familyFromText } from '../../user-agents/client-family.js';
import { SessionHabits } from './session-habits.js';
import { suspicionOf, type Verdict } from './suspicion.js';
import { lastAddress } from './suspicion-event.js';
import { type SuspicionRefusal, SuspicionResponse } from './suspicion-response.js';

const LEARNT_FOR_MS = 60_000;

/** Notices when a session seems to be used by somebody else than its user. */
@Injectable()
export class SuspicionDetector {
  private readonly logger = new Logger(SuspicionDetector.name);
  /** The country that each session has come to of late: it may be back and forth before that is written and read again. */
  private readonly learnt = new LRUCache<string, string>({ max: 10_000, ttl: LEARNT_FOR_MS });

  constructor(
    private readonly places: GeoIp,
    private readonly revocation: Revocation,
    private readonly habits: SessionHabits,
    private readonly response: SuspicionResponse,
    private readonly config: Config,
  ) {}

  /**
   * Whether nothing speaks against a request, in this tick. The very client that this instance granted last costs two
   * comparisons; for any other, what is needed is cached. A cache may be late: what it makes suspicious, and a country that is
   * new to it, is a reason to ask the store.
   */
  isUnsuspicious(session: CachedSession, client: SeenClient): boolean {
    if (isSameClient(session.seen, client)) return true;
    return this.isFamiliar(session, client) && this.judge(session, client) === null;
  }

  /** Whether a request is to be refused if the store says the same; else it is only to be told of. */
  refuses(session: CachedSession, client: SeenClient): boolean {
    const verdict = this.judge(session, client);
    return verdict !== null && verdict.action !== 'notify';
  }

  /** Judges a session as the store has it, and does what that calls for. @throws what kept it from being written */
  async decide(
    session: CachedSession,
    client: SeenClient & { readonly isUse?: boolean },
  ): Promise<SuspicionRefusal | null> {
    if (this.isUnsuspicious(session, client)) return null;
    const verdict = this.judge(session, client);
    if (verdict) return this.response.respond(session, client, verdict);
    if (client.isUse !== false) this.learnCountry(session, client);
    return null;
  }

  /**
   * The same for who comes with the session's refresh token, before it is exchanged. What has ended is left to the
   * exchange, which decides from the row.
   */
  async inspect(sessionId: string, client: SeenClient): Promise<SuspicionRefusal | null> {
    const { snapshot } = await this.revocation.find(sessionId);
    if (!snapshot || this.isUnsuspicious(snapshot, client)) return null;
    const { snapshot: fresh } = await this.revocation.findFresh(sessionId);
    return fresh?.status === 'active' ? this.decide(fresh, client) : null;
  }

  private judge(session: CachedSession, client: SeenClient): Verdict | null {
    const { lastSeenAt, grantedAt } = session;
    return suspicionOf(
      {
        lastSeen: { place: this.placeOf(lastAddress(session)), at: Math.max(lastSeenAt, grantedAt) },
        countries: this.countriesOf(session),
        clients: session.clients.map(familyFromText),
      },
      {
        place: this.placeOf(client.address),
        at: this.revocation.now(),
        client: clientFamily(client.userAgent),
      },
      this.config.policy.suspicionActions,
    );
  }

  /** Whether the session is known in the country that a request comes from; when nobody knows which, it is. */
  private isFamiliar(session: CachedSession, { address }: SeenClient): boolean {
    const country = this.placeOf(address)?.countryCode;
    return country === undefined || this.countriesOf(session).includes(country);
  }

  /** Behind the request: lost, it is learnt again by the next one from there. */
  private learnCountry(session: CachedSession, { address }: SeenClient): void {
    const country = this.placeOf(address)?.countryCode;
    if (country === undefined || this.countriesOf(session).includes(country)) return;
    this.learnt.set(session.sessionId, country);
    this.habits.learnCountry(session.sessionId, country).catch((error: unknown) => {
      this.logger.warn(`a country could not be kept: ${errorMessage(error)}`);
    });
  }

  private countriesOf({ sessionId, countries }: CachedSession): readonly string[] {
    const learnt = this.learnt.get(sessionId);
    return learnt === undefined ? countries : [...countries, learnt];
  }

  private placeOf(address: string | null) {
    return this.places.find(address === null ? null : clientAddress(address, undefined));
  }
}

export function isSameClient(seen: SeenClient | null, client: SeenClient): boolean {
  return seen !== null && seen.address === client.address && seen.userAgent === client.userAgent;
}

import { SessionCache } from '@latchkey/revocation/session-cache';
import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config/config.js';
import { errorMessage } from '../../errors/error-message.js';
import { GeoIp } from '../../geoip/geoip.js';
import { clientFamily, familyFromText } from '../../user-agents/client-family.js';
import type { Client, SessionUse } from '../check/session-use.js';
import { SessionClock } from '../session-clock.js';
import type { CachedSession } from '../store/session-model.js';
import type { SessionSnapshot } from '../store/session-snapshot.js';
import { SessionHabits } from './session-habits.js';
import { suspicionOf, type Verdict } from './suspicion.js';
import { lastAddress } from './suspicion-event.js';
import { type SuspicionRefusal, SuspicionResponse } from './suspicion-response.js';

const LEARNT_FOR_MS = 60_000;

/** Notices when a session seems to be used by someone other than its user. */
@Injectable()
export class SuspicionDetector {
  private readonly logger = new Logger(SuspicionDetector.name);
  /** Each session's new country, until it is written and read again: by then the session may have changed countries again. */
  private readonly learnt = new LRUCache<string, string>({ max: 10_000, ttl: LEARNT_FOR_MS });

  constructor(
    private readonly geoip: GeoIp,
    private readonly sessions: SessionCache<SessionSnapshot, SessionUse>,
    private readonly habits: SessionHabits,
    private readonly response: SuspicionResponse,
    private readonly clock: SessionClock,
    private readonly config: Config,
  ) {}

  /**
   * Whether a request is unsuspicious, answered in the same tick. The client that this instance accepted last costs two
   * comparisons; everything that is needed to judge another one is cached. A cache may be late: what it makes suspicious,
   * and a country that it does not have, is a reason to ask the store.
   */
  isUnsuspicious(session: CachedSession, client: Client): boolean {
    if (session.use.isBy(client)) return true;
    return this.isFamiliar(session, client) && this.judge(session, client) === null;
  }

  /** Whether the request must be refused if the store confirms the suspicion; otherwise the user is only notified. */
  refuses(session: CachedSession, client: Client): boolean {
    const verdict = this.judge(session, client);
    return verdict !== null && verdict.action !== 'notify';
  }

  /** Judges a session as the store has it, and acts on a suspicion. @throws when that could not be written */
  async decide(
    session: CachedSession,
    client: Client & { readonly isUse?: boolean },
  ): Promise<SuspicionRefusal | null> {
    if (this.isUnsuspicious(session, client)) return null;
    const verdict = this.judge(session, client);
    if (verdict) return this.response.respond(session, client, verdict);
    if (client.isUse !== false) this.learnCountry(session, client);
    return null;
  }

  /**
   * The same for a client that presents the session's refresh token, before the token is exchanged. A session that has
   * ended is left to the exchange, which decides from the row.
   */
  async inspect(sessionId: string, client: Client): Promise<SuspicionRefusal | null> {
    const { session } = await this.sessions.find(sessionId);
    if (!session || this.isUnsuspicious(session, client)) return null;
    const { session: fresh } = await this.sessions.findFresh(sessionId);
    return fresh?.snapshot.status === 'active' ? this.decide(fresh, client) : null;
  }

  private judge(session: CachedSession, client: Client): Verdict | null {
    const { snapshot, use } = session;
    return suspicionOf(
      {
        lastSeen: {
          place: this.geoip.find(lastAddress(session)),
          at: Math.max(snapshot.activeAt, use.grantedAt),
        },
        countries: this.countriesOf(session),
        clients: snapshot.clients.map(familyFromText),
      },
      {
        place: this.geoip.find(client.address),
        at: this.clock.now(),
        client: client.userAgent === null ? null : clientFamily(client.userAgent),
      },
      this.config.policy.suspicionActions,
    );
  }

  /** Whether the session is known to be used from the request's country; also when that country cannot be determined. */
  private isFamiliar(session: CachedSession, { address }: Client): boolean {
    const country = this.geoip.find(address)?.countryCode;
    return country === undefined || this.countriesOf(session).includes(country);
  }

  /** In the background: if the write fails, the next request from that country tries again. */
  private learnCountry(session: CachedSession, { address }: Client): void {
    const country = this.geoip.find(address)?.countryCode;
    if (country === undefined || this.countriesOf(session).includes(country)) return;
    this.learnt.set(session.snapshot.sessionId, country);
    this.habits.learnCountry(session.snapshot.sessionId, country).catch((error: unknown) => {
      this.logger.warn(`a country could not be kept: ${errorMessage(error)}`);
    });
  }

  private countriesOf({ snapshot: { sessionId, countries } }: CachedSession): readonly string[] {
    const learnt = this.learnt.get(sessionId);
    return learnt === undefined ? countries : [...countries, learnt];
  }
}

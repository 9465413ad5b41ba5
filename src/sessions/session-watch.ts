import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Config } from '../config/config.js';
import { reasonOf } from '../errors/reason-of.js';
import { clientAddress } from '../http/client-address.js';
import { Places } from '../place/places.js';
import { Revocation } from '../revocation/revocation.js';
import type { SeenClient, SessionSnapshot } from '../revocation/session-snapshot.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { suspicionOf, type Verdict } from '../signals/suspicion.js';
import { clientFamily, familyFromText } from '../user-agents/client-family.js';
import { SessionEnding } from './session-ending.js';
import { SessionHabitRows } from './session-habit-rows.js';
import { SessionsService } from './sessions.service.js';
import { suspicionEvent } from './suspicion-event.js';

/** Why the watch refuses a request: its session has just been ended, or is to be logged in to again. */
export type WatchRefusal = 'ended' | 'needs_login';

/** Notices when a session seems to be used by somebody else than its user, and does what the policy wants then. */
@Injectable()
export class SessionWatch {
  private readonly logger = new Logger(SessionWatch.name);
  private readonly habits: SessionHabitRows;

  constructor(
    private readonly dataSource: DataSource,
    private readonly places: Places,
    private readonly revocation: Revocation,
    private readonly sessions: SessionsService,
    private readonly ending: SessionEnding,
    private readonly events: SecurityEvents,
    private readonly config: Config,
  ) {
    this.habits = new SessionHabitRows(dataSource);
  }

  /** Whether this instance granted its last request to the very same client: then there is nothing to compare. */
  isUnchanged({ seen }: SessionSnapshot, { address, userAgent }: SeenClient): boolean {
    return seen !== null && seen.address === address && seen.userAgent === userAgent;
  }

  /** Compares a request with what is known of its session. In this tick, and cheap: what it needs is cached. */
  judge(session: SessionSnapshot, client: SeenClient): Verdict | null {
    const { countries, lastSeenAt, grantedAt } = session;
    const verdict = suspicionOf(
      {
        lastSeen: { place: this.placeOf(lastAddress(session)), at: Math.max(lastSeenAt, grantedAt) },
        countries,
        clients: session.clients.map(familyFromText),
      },
      {
        place: this.placeOf(client.address),
        at: this.revocation.now(),
        client: clientFamily(client.userAgent),
      },
      this.config.policy.suspicionActions,
    );
    if (!verdict) this.learnCountry(session, client);
    return verdict;
  }

  /**
   * Does what a verdict on the session, as the truth has it, calls for.
   *
   * @returns why the request is refused; `null` when it is not
   * @throws whatever kept it from being written
   */
  async respond(
    session: SessionSnapshot,
    client: SeenClient,
    verdict: Verdict,
  ): Promise<WatchRefusal | null> {
    if (verdict.action === 'end') return this.end(session, client, verdict);
    if (verdict.action === 'require_reauthentication') return this.requireLogin(session, client, verdict);
    await this.notify(session, client, verdict);
    return null;
  }

  /**
   * The same for who comes with the session's refresh token, before it is exchanged. What has ended is left to the
   * exchange, which decides from the row.
   */
  async inspect(sessionId: string, client: SeenClient): Promise<WatchRefusal | null> {
    const { snapshot } = await this.revocation.find(sessionId);
    if (!snapshot || this.isUnchanged(snapshot, client) || !this.judge(snapshot, client)) return null;
    const { snapshot: fresh } = await this.revocation.findFresh(sessionId);
    const verdict = fresh?.status === 'active' ? this.judge(fresh, client) : null;
    return fresh && verdict && this.respond(fresh, client, verdict);
  }

  private async end(session: SessionSnapshot, client: SeenClient, verdict: Verdict): Promise<'ended'> {
    const { sessionId } = session;
    const unconfirmed = await this.dataSource.transaction(async (manager) => {
      const ending = await this.ending.endWithin(manager, { sessionId }, 'suspicious', 'latchkey');
      // Of many requests at once, one ends the session and tells of it.
      if (ending.count > 0) await this.record(manager, session, client, verdict);
      return ending.unconfirmed;
    });
    await this.sessions.enforce({ sessions: unconfirmed });
    return 'ended';
  }

  private async requireLogin(
    session: SessionSnapshot,
    client: SeenClient,
    verdict: Verdict,
  ): Promise<'needs_login'> {
    const { sessionId } = session;
    await this.dataSource.transaction(async (manager) => {
      const isNews = await this.habits.requireLogin(manager, sessionId);
      if (isNews) await this.record(manager, session, client, verdict);
    });
    await this.revocation.forget([sessionId]);
    return 'needs_login';
  }

  private async notify(session: SessionSnapshot, client: SeenClient, verdict: Verdict): Promise<void> {
    const { sessionId } = session;
    const use = {
      country: this.placeOf(client.address)?.countryCode ?? null,
      family: clientFamily(client.userAgent),
    };
    await this.dataSource.transaction(async (manager) => {
      // Known from now on, so that it is told once.
      const isNews = await this.habits.learn(manager, sessionId, verdict.suspicion, use);
      if (isNews) await this.record(manager, session, client, verdict);
    });
    await this.revocation.forget([sessionId]);
  }

  private async record(
    manager: EntityManager,
    session: SessionSnapshot,
    client: SeenClient,
    verdict: Verdict,
  ) {
    const before = { place: this.placeOf(lastAddress(session)), client: session.clients[0] ?? null };
    const now = {
      address: plain(client.address),
      place: this.placeOf(client.address),
      userAgent: client.userAgent,
    };
    await this.events.record(manager, suspicionEvent(session, verdict, before, now));
  }

  /** Behind the request: it is known by the next journey, and lost it is learnt again. */
  private learnCountry({ sessionId, countries }: SessionSnapshot, { address }: SeenClient): void {
    const country = this.placeOf(address)?.countryCode;
    if (country === undefined || countries.includes(country)) return;
    this.habits.learnCountry(sessionId, country).catch((error: unknown) => {
      this.logger.warn(`a country could not be kept: ${reasonOf(error)}`);
    });
  }

  private placeOf(address: string | null) {
    return this.places.find(address === null ? null : plain(address));
  }
}

/** Where it was last used from, as far as is known here. */
function lastAddress({ seen, address, grantedAt, lastSeenAt }: SessionSnapshot): string | null {
  return seen && grantedAt >= lastSeenAt ? seen.address : address;
}

function plain(address: string): string {
  return clientAddress(address, undefined);
}

import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
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

const LEARNT_FOR_MS = 60_000;

/** Notices when a session seems to be used by somebody else than its user, and does what the policy wants then. */
@Injectable()
export class SessionWatch {
  private readonly logger = new Logger(SessionWatch.name);
  private readonly habits: SessionHabitRows;
  /** The country that each session has come to of late: it may be back and forth before that is written and read again. */
  private readonly learnt = new LRUCache<string, string>({ max: 10_000, ttl: LEARNT_FOR_MS });

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
  private isUnchanged({ seen }: SessionSnapshot, { address, userAgent }: SeenClient): boolean {
    return seen !== null && seen.address === address && seen.userAgent === userAgent;
  }

  /** Compares a request with what is known of its session. In this tick, and cheap: what it needs is cached. */
  private judge(session: SessionSnapshot, client: SeenClient): Verdict | null {
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
  private isFamiliar(session: SessionSnapshot, { address }: SeenClient): boolean {
    const country = this.placeOf(address)?.countryCode;
    return country === undefined || this.countriesOf(session).includes(country);
  }

  /**
   * Takes a session, as the truth has it, to be known in the country that an unsuspicious request comes from. Behind the
   * request: lost, it is learnt again by the next one from there.
   */
  private learnCountry(session: SessionSnapshot, client: SeenClient): void {
    const country = this.placeOf(client.address)?.countryCode;
    if (country === undefined || this.isFamiliar(session, client)) return;
    this.learnt.set(session.sessionId, country);
    this.habits.learnCountry(session.sessionId, country).catch((error: unknown) => {
      this.logger.warn(`a country could not be kept: ${reasonOf(error)}`);
    });
  }

  /**
   * Does what a verdict on the session, as the truth has it, calls for.
   *
   * @returns why the request is refused; `null` when it is not
   * @throws whatever kept it from being written
   */
  private async respond(
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
    if (!snapshot || this.isUnsuspicious(snapshot, client)) return null;
    const { snapshot: fresh } = await this.revocation.findFresh(sessionId);
    if (fresh?.status !== 'active') return null;
    return this.decide(fresh, client);
  }

  /** Whether a cache, which may be late, suffices to say so. */
  isUnsuspicious(session: SessionSnapshot, client: SeenClient): boolean {
    return (
      this.isUnchanged(session, client) ||
      (this.isFamiliar(session, client) && this.judge(session, client) === null)
    );
  }

  /** Whether a request is to be refused if the truth says the same; else it is only to be told of. */
  refuses(session: SessionSnapshot, client: SeenClient): boolean {
    const verdict = this.judge(session, client);
    return verdict !== null && verdict.action !== 'notify';
  }

  /** Judges a session as the truth has it, and does what that calls for. */
  async decide(session: SessionSnapshot, client: SeenClient): Promise<WatchRefusal | null> {
    if (this.isUnsuspicious(session, client)) return null;
    const verdict = this.judge(session, client);
    if (verdict) return this.respond(session, client, verdict);
    this.learnCountry(session, client);
    return null;
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

  private countriesOf({ sessionId, countries }: SessionSnapshot): readonly string[] {
    const learnt = this.learnt.get(sessionId);
    return learnt === undefined ? countries : [...countries, learnt];
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

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { GeoIp } from '../../geoip/geoip.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import { shareOf } from '../../shares/share.js';
import type { Client } from '../check/session-use.js';
import { endDeviceTrust } from '../device-trust.js';
import { lockAccount } from '../lock-account.js';
import { SessionRevoker } from '../session-revoker.js';
import type { CachedSession } from '../store/session-model.js';
import { SessionHabits } from './session-habits.js';
import type { Verdict } from './suspicion.js';
import { lastAddress, suspicionEvent } from './suspicion-event.js';

/** Why a request is refused: its session was just revoked, or needs a new login. */
export type SuspicionRefusal = 'ended' | 'needs_login';

/** Applies the policy to a suspicious session and reports it to the user. */
@Injectable()
export class SuspicionResponse {
  constructor(
    private readonly geoip: GeoIp,
    private readonly revoker: SessionRevoker,
    private readonly habits: SessionHabits,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * @param session as the store has it
   * @returns why the request is refused; `null` when it is not
   * @throws if the response could not be written
   */
  async respond(session: CachedSession, client: Client, verdict: Verdict): Promise<SuspicionRefusal | null> {
    const tell = (manager: EntityManager) => this.tell(manager, session, client, verdict);
    if (verdict.action === 'end') return this.end(session, tell);
    if (verdict.action === 'require_reauthentication') return this.requireLogin(session, tell);
    await this.notify(session, client, verdict, tell);
    return null;
  }

  private async end({ snapshot: { sessionId, userId } }: CachedSession, tell: Tell): Promise<'ended'> {
    await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      await lockAccount(manager, userId);
      const count = await transaction.revoke({ sessionId, userId }, 'suspicious', 'latchkey');
      // Of many requests at once, one revokes the session and reports it.
      if (count === 0) return;
      await endDeviceTrust(manager, userId);
      await tell(manager);
    }, shareOf(userId));
    return 'ended';
  }

  private async requireLogin(
    { snapshot: { sessionId, userId } }: CachedSession,
    tell: Tell,
  ): Promise<'needs_login'> {
    await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      if (await this.habits.requireLogin(manager, sessionId)) await tell(manager);
      transaction.invalidate([sessionId]);
      transaction.announce(userId);
    }, shareOf(userId));
    return 'needs_login';
  }

  private async notify(
    { snapshot: { sessionId, userId } }: CachedSession,
    client: Client,
    { suspicion }: Verdict,
    tell: Tell,
  ): Promise<void> {
    const country = this.geoip.find(client.address)?.countryCode ?? null;
    const use = { country, client };
    await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      // Known from now on, so that it is reported once.
      if (await this.habits.learn(manager, sessionId, suspicion, use)) await tell(manager);
      transaction.invalidate([sessionId]);
      transaction.announce(userId);
    }, shareOf(userId));
  }

  private tell(manager: EntityManager, session: CachedSession, client: Client, verdict: Verdict) {
    const before = {
      place: this.geoip.find(lastAddress(session)),
      client: session.snapshot.clients[0] ?? null,
    };
    const now = {
      address: client.address,
      place: this.geoip.find(client.address),
      userAgent: client.userAgent,
    };
    return this.events.record(manager, suspicionEvent(session.snapshot, verdict, before, now));
  }
}

type Tell = (manager: EntityManager) => Promise<void>;

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { AuditLog } from '../audit/audit-log.js';
import { Config } from '../config/config.js';
import { GeoIp } from '../geoip/geoip.js';
import { locationText } from '../geoip/location-text.js';
import { timeZoneOf } from '../geoip/time-zone.js';
import { type MailFacts, securityEventMail } from '../mail/new-mail.js';
import { Outbox } from '../mail/outbox.js';
import { clientText } from '../user-agents/client-family.js';
import type { ClientHints } from '../user-agents/client-hints.js';
import { describeUserAgent } from '../user-agents/describe-user-agent.js';
import { SecurityEvent } from './security-event.entity.js';
import { isCausedByUser, type SecurityEventKind } from './security-event-kind.js';

export interface NewSecurityEvent {
  readonly userId: string;
  readonly kind: SecurityEventKind;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
  /** Who caused it. Named in each event: a device name that a client has chosen must not hide it. */
  readonly client: {
    readonly address: string;
    readonly userAgent: string | null;
    readonly hints?: ClientHints;
  };
  /** Shown to the user unchanged, so it must not contain secrets or anything meant for operators only. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export interface EventPage {
  readonly limit: number;
  /** The id of the last event on the previous page. */
  readonly before?: string | undefined;
}

/**
 * Events of one kind that are kept for an account. Limited for each kind, so that many events of one kind do not push out
 * the few of another.
 */
const KEPT_OF_EACH_KIND = 100;
/** Limits the work of one event if an account has far more than are kept. */
const REMOVED_AT_ONCE = 100;

const REMOVE_SURPLUS = `
  DELETE FROM security_events WHERE id IN (
    SELECT id FROM security_events WHERE user_id = $1 AND kind = $2
    ORDER BY at DESC, id DESC OFFSET ${KEPT_OF_EACH_KIND} LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`;

/** Records what happened to an account, and reports it to the user: in the API, and by mail if the policy says so. */
@Injectable()
export class SecurityEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly geoIp: GeoIp,
    private readonly outbox: Outbox,
    private readonly config: Config,
    private readonly audit: AuditLog,
  ) {}

  /** Writes the event and its mail in the caller's transaction, so that nothing is reported that was not committed. */
  async record(manager: EntityManager, event: NewSecurityEvent): Promise<void> {
    const id = newId();
    const { userId, kind, sessionId, deviceId, client, detail } = event;
    const { address } = client;
    const location = this.geoIp.find(address);
    const place = locationText(location);
    const countryCode = location?.countryCode ?? null;
    const program = programText(client);
    await manager.query(
      `INSERT INTO security_events (id, user_id, kind, session_id, device_id, address, place, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        id,
        userId,
        kind,
        sessionId,
        deviceId,
        address,
        place,
        {
          ...detail,
          ...(program && { client: program }),
          ...(countryCode && { country_code: countryCode }),
        },
      ],
    );
    await manager.query(REMOVE_SURPLUS, [userId, kind]);
    this.audit.writeAfterCommit(manager, {
      event: kind,
      outcome: isCausedByUser(kind) ? 'success' : 'observed',
      actor: isCausedByUser(kind) ? `user:${userId}` : 'latchkey',
      userId,
      sessionId,
      deviceId,
      client,
      detail: detail ?? {},
    });
    const timeZone = timeZoneOf(location);
    await this.mail(manager, event, { place, countryCode, timeZone, client: program });
  }

  /**
   * Newest first, by the clock of the database.
   *
   * @returns an empty list if `before` is not an event of this user
   */
  async list(userId: string, { limit, before }: EventPage): Promise<SecurityEvent[]> {
    const events = this.dataSource
      .getRepository(SecurityEvent)
      .createQueryBuilder('event')
      .where('event.userId = :userId', { userId });
    if (before !== undefined) {
      events.andWhere(
        `(event.at, event.id) < (SELECT at, id FROM security_events WHERE id = :before AND user_id = :userId)`,
        { before },
      );
    }
    return events.orderBy({ 'event.at': 'DESC', 'event.id': 'DESC' }).limit(limit).getMany();
  }

  private async mail(
    manager: EntityManager,
    event: NewSecurityEvent,
    origin: Pick<MailFacts, 'place' | 'countryCode' | 'timeZone' | 'client'>,
  ): Promise<void> {
    const kind = this.config.mail.events.find((mailed) => mailed === event.kind);
    if (!kind) return;
    const { userId, sessionId, deviceId, client, detail } = event;
    const device = typeof detail?.device === 'string' ? detail.device : null;
    const facts = { sessionId, deviceId, address: client.address, device, ...origin };
    await this.outbox.notify(manager, securityEventMail(kind, userId, facts));
  }
}

/** `Chrome 126 on Pixel 8 (Android 14)`; `null` if nothing is known. */
function programText({ userAgent, hints }: NewSecurityEvent['client']): string | null {
  const { browser, system, model } = describeUserAgent(userAgent ?? '', hints);
  const device = model && system ? `${model} (${system})` : (model ?? system);
  return clientText({ name: browser, system: device });
}

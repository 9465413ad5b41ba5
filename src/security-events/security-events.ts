import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { GeoIp } from '../geoip/geoip.js';
import { locationText } from '../geoip/location-text.js';
import { SecurityEvent } from './security-event.entity.js';
import type { SecurityEventKind } from './security-event-kind.js';

export interface NewSecurityEvent {
  readonly userId: string;
  readonly kind: SecurityEventKind;
  readonly sessionId?: string | null;
  readonly deviceId?: string | null;
  /** Network address of the client. */
  readonly address?: string | null;
  /** Told to the user as it is: no secret, nothing that only an operator may know. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Is told of each event inside the transaction that records it; what it throws undoes both. */
export type SecurityEventListener = (
  manager: EntityManager,
  event: NewSecurityEvent & {
    readonly id: string;
    /** Where the address is, for people. */
    readonly place: string | null;
  },
) => Promise<void>;

export interface EventPage {
  readonly limit: number;
  /** The id of the last event of the page before. */
  readonly before?: string | undefined;
}

/** Records what happened to an account, for its user to read. */
@Injectable()
export class SecurityEvents {
  private readonly listeners: SecurityEventListener[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly places: GeoIp,
  ) {}

  /** Called at start by whoever acts on events, such as the mail. */
  announceTo(listener: SecurityEventListener): void {
    this.listeners.push(listener);
  }

  /** Writes inside the caller's transaction: the event stands if and only if what it tells of does. */
  async record(manager: EntityManager, event: NewSecurityEvent): Promise<void> {
    const id = newId();
    const { userId, kind, sessionId, deviceId, address, detail } = event;
    const place = locationText(this.places.find(address ?? null));
    await manager.query(
      `INSERT INTO security_events (id, user_id, kind, session_id, device_id, address, place, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [id, userId, kind, sessionId, deviceId, address, place, detail ?? {}],
    );
    for (const listener of this.listeners) await listener(manager, { id, place, ...event });
  }

  /** Newest first, by the one clock of the database. Nothing follows an event that is not this user's. */
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
}

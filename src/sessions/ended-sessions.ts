import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DeviceKind } from '../user-agents/device-kind.js';

import type { SessionPage } from './sessions.service.js';
/** An ended session and its device. */
export interface EndedSessionRow {
  readonly id: string;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly deviceKind: DeviceKind;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly address: string | null;
  readonly loginAddress: string | null;
  readonly endedAt: Date;
  readonly reason: string;
}

/** How far back users can look. The rows are kept longer. */
const SHOWN_FOR = `interval '30 days'`;

const RECENT = `
  SELECT s.id, s.device_id AS "deviceId", d.name AS "deviceName", d.kind AS "deviceKind",
         s.created_at AS "createdAt", greatest(s.last_seen_at, s.polled_at) AS "lastSeenAt", host(s.address) AS address,
         host(s.login_address) AS "loginAddress", s.ended_at AS "endedAt", s.ended_reason AS reason
  FROM sessions s JOIN devices d ON d.id = s.device_id
  WHERE s.user_id = $1 AND s.status <> 'active' AND s.ended_at > now() - ${SHOWN_FOR}
    AND ($3::uuid IS NULL OR (s.ended_at, s.id) < (SELECT ended_at, id FROM sessions WHERE id = $3 AND user_id = $1))
  ORDER BY s.ended_at DESC, s.id DESC LIMIT $2`;

/** Lists a user's ended sessions. */
@Injectable()
export class EndedSessions {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of the sessions that ended in the last 30 days, most recent first. */
  async list(userId: string, { limit, before }: SessionPage): Promise<EndedSessionRow[]> {
    return this.dataSource.query<EndedSessionRow[]>(RECENT, [userId, limit, before ?? null]);
  }
}

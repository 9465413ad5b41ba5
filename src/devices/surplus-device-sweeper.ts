import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Sweeper } from '../jobs/sweeper.js';

/** A client that stores no device token adds a device with each login. */
const DEVICES_PER_USER = 1_000;
const INTERVAL_MS = 60_000;
/** Devices in one statement. The next sweep removes more. */
const AT_ONCE = 500;

// A session can be removed a day after it ended; its device stays until then, and while it has a live session.
const REMOVE_SURPLUS = `
  WITH surplus AS (
    SELECT d.id FROM (
      SELECT id FROM devices WHERE user_id = $1 ORDER BY last_seen_at DESC, id DESC OFFSET ${DEVICES_PER_USER}) AS d
    WHERE NOT EXISTS (
      SELECT FROM sessions s WHERE s.device_id = d.id AND (s.ended_at IS NULL OR s.ended_at > now() - interval '1 day'))
    LIMIT ${AT_ONCE}),
  events AS (
    DELETE FROM session_events WHERE session_id IN (
      SELECT s.id FROM sessions s JOIN surplus ON s.device_id = surplus.id))
  DELETE FROM devices WHERE id IN (SELECT id FROM surplus)`;

/** Removes the devices of a user beyond a limit, those that logged in least recently, with their ended sessions. */
@Injectable()
export class SurplusDeviceSweeper extends Sweeper {
  /** Users with a new device. Lost when the process stops: the next new device of the user brings it back. */
  private readonly noted = new Set<string>();

  constructor(dataSource: DataSource) {
    super(dataSource, INTERVAL_MS);
  }

  /** To be called for a user who gets a new device. */
  note(userId: string): void {
    this.noted.add(userId);
  }

  async sweep(): Promise<void> {
    for (const userId of [...this.noted]) {
      const [, count] = await this.dataSource.query<[unknown[], number]>(REMOVE_SURPLUS, [userId]);
      if (count < AT_ONCE) this.noted.delete(userId);
    }
  }
}

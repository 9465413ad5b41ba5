import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { DeviceRegistry } from '../devices/device-registry.js';
import type { Client } from '../http/client-info.js';
import type { EndedSession } from '../revocation/truth.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { Session } from '../sessions/session.entity.js';
import { SessionEnding } from '../sessions/session-ending.js';
import { type Enforcement, SessionsService } from '../sessions/sessions.service.js';
import { AccountLinks, LINK_LIFETIME_MS } from './account-links.js';

export interface Disowned {
  /** For the new password that is due: whoever signed in knows the old one. */
  readonly resetToken: string;
  readonly resetExpiresInSeconds: number;
  readonly enforcement: Enforcement;
}

/** "This wasn't me": takes back a sign-in that the user was told of. */
@Injectable()
export class Disowning {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: AccountLinks,
    private readonly devices: DeviceRegistry,
    private readonly sessions: SessionsService,
    private readonly ending: SessionEnding,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Ends every session of the device and forgets its token.
   *
   * @throws {AppError} invalid_link
   */
  async disown(token: string, { address }: Client): Promise<Disowned> {
    const { userId, resetToken, unconfirmed } = await this.dataSource.transaction(async (manager) => {
      const { user, sessionId, ...named } = await this.links.use(manager, 'disown', token);
      const userId = user.id;
      const deviceId = named.deviceId ?? (await deviceOf(manager, sessionId));
      const unconfirmed: EndedSession[] = [];
      if (deviceId !== null) {
        await this.devices.distrust(manager, userId, deviceId);
        const actor = `user:${userId}`;
        const ending = await this.ending.endWithin(manager, { userId, deviceId }, 'disowned', actor);
        unconfirmed.push(...ending.unconfirmed);
      }
      await this.events.record(manager, { kind: 'disowned', userId, sessionId, deviceId, address });
      const resetToken = await this.links.open(manager, { purpose: 'reset_password', userId });
      return { userId, resetToken, unconfirmed };
    });
    this.sessions.announce(userId);
    return {
      resetToken,
      resetExpiresInSeconds: LINK_LIFETIME_MS.reset_password / 1000,
      enforcement: await this.sessions.enforce({ sessions: unconfirmed }),
    };
  }
}

/** Some events name a session only. */
async function deviceOf(manager: EntityManager, sessionId: string | null): Promise<string | null> {
  const session = sessionId === null ? null : await manager.findOneBy(Session, { id: sessionId });
  return session?.deviceId ?? null;
}

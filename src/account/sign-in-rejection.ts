import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DeviceRegistry } from '../devices/device-registry.js';
import type { RequestClient } from '../http/routes/request-client.js';
import { SecurityEvents } from '../security-events/security-events.js';
import { endDeviceTrust } from '../sessions/device-trust.js';
import { Session } from '../sessions/session.entity.js';
import { type RevocationOutcome, SessionRevoker } from '../sessions/session-revoker.js';
import { userFrom } from '../shares/share.js';
import { UsersService } from '../users/users.service.js';
import { AccountLinks, LINK_LIFETIME_MS } from './links/account-links.js';

export interface RejectedSignIn {
  /** For setting a new password, which the user needs before the next login. */
  readonly resetToken: string;
  readonly resetExpiresInSeconds: number;
  readonly outcome: RevocationOutcome;
}

/** "This wasn't me": undoes a sign-in that was reported to the user by mail. */
@Injectable()
export class SignInRejection {
  constructor(
    private readonly revoker: SessionRevoker,
    private readonly links: AccountLinks,
    private readonly users: UsersService,
    private readonly devices: DeviceRegistry,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Revokes every session of the device and forgets its token. Every other device counts as new at its next login. The person who signed in knows the password, so it stops
   * working. It is refused like a wrong one, so that a thief does not learn why.
   *
   * @throws {AppError} invalid_link or overloaded
   */
  async reject(token: string, client: RequestClient): Promise<RejectedSignIn> {
    const { user: owner } = await this.links.requireOwner('disown', token);
    const share = userFrom(client.address, owner.id);
    const passwordHash = await this.users.hashRandomPassword(share);
    const { result: resetToken, outcome } = await this.revoker.inTransaction(async (transaction) => {
      const { manager } = transaction;
      const { user, sessionId, deviceId } = await this.links.use(manager, 'disown', token);
      const userId = user.id;
      await endDeviceTrust(manager, userId);
      await this.users.setPassword(manager, userId, passwordHash);
      const devices = await devicesOf(manager, { sessionId, deviceId });
      for (const device of devices) await this.devices.forgetToken(manager, userId, device);
      await transaction.revoke({ userId, deviceIds: devices }, 'disowned', `user:${userId}`);
      await this.events.record(manager, {
        kind: 'disowned',
        userId,
        sessionId,
        deviceId: devices[0] ?? null,
        client,
      });
      transaction.announce(userId);
      return this.links.open(manager, { purpose: 'reset_password', userId });
    }, share);
    return {
      resetToken,
      resetExpiresInSeconds: LINK_LIFETIME_MS.reset_password / 1000,
      outcome,
    };
  }
}

/**
 * Some events name only a session. For a copied device token the link names the original device and the session that
 * the copy opened, which may belong to another device.
 */
async function devicesOf(
  manager: EntityManager,
  { sessionId, deviceId }: { sessionId: string | null; deviceId: string | null },
): Promise<string[]> {
  const session = sessionId === null ? null : await manager.findOneBy(Session, { id: sessionId });
  return [...new Set([session?.deviceId, deviceId])].filter((id) => typeof id === 'string');
}

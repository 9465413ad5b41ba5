import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import type { Device } from '../../devices/device.entity.js';
import { DeviceRegistry } from '../../devices/device-registry.js';
import type { RequestClient } from '../../http/routes/request-client.js';
import type { Suspicion, SuspicionAction } from '../../policy/session-policy.js';
import { SecurityEvents } from '../../security-events/security-events.js';
import type { RevokingTransaction } from '../../sessions/session-revoker.js';
import { clientChange } from '../../sessions/suspicion/client-change.js';
import { clientFamily, clientText, describedFamily } from '../../user-agents/client-family.js';

/** A user who knows the password rarely enters this many wrong ones first. */
const GUESSES = 5;

/**
 * Detects suspicious logins with the correct password, and carries out the action that the policy configures.
 */
@Injectable()
export class LoginSuspicions {
  private readonly actions: Readonly<Record<Suspicion, SuspicionAction>>;

  constructor(
    private readonly devices: DeviceRegistry,
    private readonly events: SecurityEvents,
    { policy }: Config,
  ) {
    this.actions = policy.suspicionActions;
  }

  /** Whether the device's token was sent by another browser or system than the one it was issued to. */
  isTokenCopied(device: Device, { userAgent }: RequestClient): boolean {
    if (this.actions.device_token_shared === 'off') return false;
    const issuedTo = describedFamily(device.browser, device.system);
    return clientChange([issuedTo], clientFamily(userAgent)) === 'client_changed';
  }

  /** The action for a correct password after this many wrong ones; `off` if that is not suspicious. */
  afterFailures(failures: number, isKnownDevice: boolean): SuspicionAction {
    return failures >= GUESSES && !isKnownDevice ? this.actions.sign_in_after_failures : 'off';
  }

  /** Records that the password was probably found by guessing. */
  async recordGuess(
    manager: EntityManager,
    login: { userId: string; sessionId: string | null; failures: number; client: RequestClient },
  ): Promise<void> {
    const { userId, sessionId, failures, client } = login;
    await this.events.record(manager, {
      kind: 'sign_in_after_failures',
      userId,
      sessionId,
      client,
      detail: {
        suspicion: 'sign_in_after_failures',
        action: this.actions.sign_in_after_failures,
        failures,
        now: { client: clientText(clientFamily(client.userAgent)) },
      },
    });
  }

  /**
   * Records that a device token was copied. With the action `end` the device is signed out as well, because
   * its refresh token was probably copied with it.
   *
   * @param device the device that the token was issued to
   * @param sessionId the session that the login with the copy has opened
   */
  async respondToCopiedToken(
    transaction: RevokingTransaction,
    device: Device,
    sessionId: string,
    client: RequestClient,
  ): Promise<void> {
    const { manager } = transaction;
    const { id: deviceId, userId } = device;
    const action = this.actions.device_token_shared;
    if (action === 'end') {
      await this.devices.forgetToken(manager, userId, deviceId);
      await transaction.revoke({ userId, deviceIds: [deviceId] }, 'suspicious', 'latchkey');
    }
    await this.events.record(manager, {
      kind: 'device_token_shared',
      userId,
      sessionId,
      deviceId,
      client,
      detail: {
        suspicion: 'device_token_shared',
        action,
        device: device.name,
        before: { client: clientText(describedFamily(device.browser, device.system)) },
        now: { client: clientText(clientFamily(client.userAgent)) },
      },
    });
  }
}

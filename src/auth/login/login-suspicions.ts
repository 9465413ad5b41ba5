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

/** Wrong passwords that nobody needs who knows the right one. */
const GUESSES = 5;

/** What makes a login with the right password suspicious, and what is done about it. */
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

  /** Whether the token of this device comes from another browser, or another system, than it was handed to. */
  isShared(device: Device, { userAgent }: RequestClient): boolean {
    if (this.actions.device_token_shared === 'off') return false;
    const handedTo = describedFamily(device.browser, device.system);
    return clientChange([handedTo], clientFamily(userAgent)) === 'client_changed';
  }

  /** Whether the password was found by guessing, and then what is to be done. */
  afterFailures(failures: number, isKnownDevice: boolean): SuspicionAction {
    return failures >= GUESSES && !isKnownDevice ? this.actions.sign_in_after_failures : 'off';
  }

  /** Tells of a password that was found by guessing. */
  async tellOfGuess(
    manager: EntityManager,
    login: { userId: string; sessionId: string | null; failures: number; client: RequestClient },
  ): Promise<void> {
    const { userId, sessionId, failures, client } = login;
    await this.events.record(manager, {
      kind: 'sign_in_after_failures',
      userId,
      sessionId,
      address: client.address,
      detail: {
        suspicion: 'sign_in_after_failures',
        action: this.actions.sign_in_after_failures,
        failures,
        now: { client: clientText(clientFamily(client.userAgent)) },
      },
    });
  }

  /**
   * Tells of a device whose token has been copied. With `end` the device is signed out: what else it kept, its refresh
   * token, has been copied with it.
   *
   * @param sessionId of the login that the token came with
   */
  async answerShared(
    transaction: RevokingTransaction,
    device: Device,
    sessionId: string,
    client: RequestClient,
  ): Promise<void> {
    const { manager } = transaction;
    const { id: deviceId, userId } = device;
    const action = this.actions.device_token_shared;
    await this.events.record(manager, {
      kind: 'device_token_shared',
      userId,
      sessionId,
      deviceId,
      address: client.address,
      detail: {
        suspicion: 'device_token_shared',
        action,
        device: device.name,
        before: { client: clientText(describedFamily(device.browser, device.system)) },
        now: { client: clientText(clientFamily(client.userAgent)) },
      },
    });
    if (action !== 'end') return;
    await this.devices.distrust(manager, userId, deviceId);
    await transaction.revoke({ userId, deviceId }, 'suspicious', 'latchkey');
  }
}

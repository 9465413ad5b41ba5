import type { Clock } from './clock.js';
import { confirmedByOthers } from './confirmation.js';
import type { GuardParent } from './guard-connection/guard-parent.js';
import type { Observer } from './observer.js';
import type { Push } from './push.js';
import type { Confirmation, Revocations, SessionStore } from './session-store.js';

/** How long an instance that cannot reach the others waits for one of them to confirm its revocations. */
const CONFIRMATION_WAIT_MS = 2_000;

const SINGLE_INSTANCE: Confirmation = { by: 'the only instance', how: 'single_instance', acknowledgedBy: [] };

/** Makes committed revocations hold on every instance, and records that they do. */
export class Enforcer {
  private isRepeating = false;

  /**
   * @param push `null`: there is no other instance
   * @param guards those that are connected to this instance
   */
  constructor(
    private readonly store: SessionStore,
    private readonly push: Push | null,
    private readonly guards: Pick<GuardParent, 'inForce'>,
    private readonly clock: Clock,
    private readonly observer: Observer,
  ) {}

  /** @returns whether no instance grants these sessions any longer; `false` when that could not be confirmed in time */
  async enforce(revocations: Revocations): Promise<boolean> {
    const startedAt = this.clock.monotonic();
    const confirmation = await this.pushAll(revocations);
    if (confirmation) {
      void this.record(revocations, confirmation);
      this.observer.enforced(confirmation.how, this.clock.monotonic() - startedAt);
      return true;
    }
    const isConfirmed = await confirmedByOthers(this.store, revocations, CONFIRMATION_WAIT_MS, this.clock);
    if (!isConfirmed) this.observer.unconfirmed();
    return isConfirmed;
  }

  /** Pushes overdue revocations again: the instance that made them may have died between commit and push. */
  async repeat(revocations: Revocations): Promise<void> {
    if (this.isRepeating) return;
    this.isRepeating = true;
    try {
      const confirmation = await this.pushAll(revocations);
      // Awaited: as long as the confirmation is not recorded, the store reports these revocations as overdue.
      if (confirmation) await this.record(revocations, confirmation);
    } finally {
      this.isRepeating = false;
    }
  }

  /** @returns how it is known that the revocations hold everywhere, or `null` when that is not known */
  private async pushAll(revocations: Revocations): Promise<Confirmation | null> {
    const guards = this.guards.inForce();
    try {
      const confirmation = this.push ? await this.push.send(revocations) : SINGLE_INSTANCE;
      await guards;
      return confirmation;
    } catch {
      // Cut off from the others. The rows stay unconfirmed, so an instance that can reach the others pushes them again.
      return null;
    }
  }

  private async record(revocations: Revocations, confirmation: Confirmation): Promise<void> {
    try {
      await this.store.confirm(revocations, confirmation);
    } catch {
      // The revocations hold, only the record is missing: they become overdue and are pushed once more.
    }
  }
}

import type { Clock } from './clock.js';
import { confirmedByOthers } from './confirmation.js';
import type { Observer } from './observer.js';
import type { Push } from './push.js';
import type { Confirmation, Revocations, SessionStore } from './session-store.js';

/** How long a revoker that cannot reach the others waits for one of them to confirm in its place. */
const CONFIRMATION_WAIT_MS = 2_000;

const SINGLE_INSTANCE: Confirmation = { by: 'the only instance', how: 'single_instance', acknowledgedBy: [] };

/** Makes committed ends hold on every instance, and notes that they do. */
export class Enforcer {
  private isRepeating = false;

  /** @param push `null`: there is no other instance */
  constructor(
    private readonly store: SessionStore,
    private readonly push: Push | null,
    private readonly clock: Clock,
    private readonly observer: Observer,
  ) {}

  /** @returns whether no instance grants them any longer; `false` when that could not be confirmed in time */
  async enforce(ends: Revocations): Promise<boolean> {
    const startedAt = this.clock.monotonic();
    const confirmation = await this.pushAll(ends);
    if (confirmation) {
      void this.note(ends, confirmation);
      this.observer.enforced(confirmation.how, this.clock.monotonic() - startedAt);
      return true;
    }
    const isConfirmed = await confirmedByOthers(this.store, ends, CONFIRMATION_WAIT_MS, this.clock);
    if (!isConfirmed) this.observer.unconfirmed();
    return isConfirmed;
  }

  /** Nothing committed is forgotten: whoever ended these may have died between commit and push. */
  async repeat(ends: Revocations): Promise<void> {
    if (this.isRepeating) return;
    this.isRepeating = true;
    try {
      const confirmation = await this.pushAll(ends);
      // Waited for: what is not noted yet would be handed out once more.
      if (confirmation) await this.note(ends, confirmation);
    } finally {
      this.isRepeating = false;
    }
  }

  /** @returns how it is known that the ends hold everywhere, or `null` when it is not */
  private async pushAll(ends: Revocations): Promise<Confirmation | null> {
    try {
      return this.push ? await this.push.send(ends) : SINGLE_INSTANCE;
    } catch {
      // Cut off from the others. The row stays unconfirmed, so whoever can reach them pushes it again.
      return null;
    }
  }

  private async note(ends: Revocations, confirmation: Confirmation): Promise<void> {
    try {
      await this.store.confirm(ends, confirmation);
    } catch {
      // It holds; only the note is missing. The row counts as unconfirmed and is pushed once more.
    }
  }
}

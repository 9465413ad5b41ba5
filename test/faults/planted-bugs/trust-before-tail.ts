import type { Membership } from '@latchkey/revocation/membership';
import { Revocation } from '@latchkey/revocation/revocation';

interface Inside {
  readonly membership: Membership | null;
  subscribed(): Promise<void>;
}

/** Breaks rule 3: a reconnected instance trusts its caches before it has read what was revoked in the meantime. */
(Revocation.prototype as unknown as Inside).subscribed = async function (this: Inside) {
  this.membership?.join();
};

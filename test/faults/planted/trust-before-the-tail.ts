import type { Membership } from '../../../src/revocation/membership.js';
import { Revocation } from '../../../src/revocation/revocation.js';

interface Inside {
  readonly membership: Membership | null;
  subscribed(): Promise<void>;
}

/** Without rule 3 an instance that was away trusts its caches again, not knowing what ended meanwhile. */
(Revocation.prototype as unknown as Inside).subscribed = async function (this: Inside) {
  this.membership?.join();
};

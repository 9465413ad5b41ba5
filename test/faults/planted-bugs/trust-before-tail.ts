import type { Membership } from '@latchkey/revocation/membership';
import { Revocation } from '@latchkey/revocation/revocation';

interface Inside {
  readonly membership: Membership | null;
  subscribed(): Promise<void>;
}

/** Without rule 3 an instance that was away trusts its caches again, not knowing what ended meanwhile. */
(Revocation.prototype as unknown as Inside).subscribed = async function (this: Inside) {
  this.membership?.join();
};

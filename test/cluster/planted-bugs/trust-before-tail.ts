import type { Membership } from '@latchkey/revocation/membership';
import { Revocation } from '@latchkey/revocation/revocation';
import { replaceMethod } from './replace-method.js';

interface Inside {
  readonly membership: Membership | null;
}

/** Breaks rule 3: a reconnected instance trusts its caches before it has read what was revoked in the meantime. */
replaceMethod(Revocation, 'subscribed', async function (this: Inside) {
  this.membership?.join();
});

import { randomBytes } from 'node:crypto';

/** What to verify a password against: hashes to compute in this order, of which one decides. */
export interface Comparison {
  readonly hashes: readonly string[];
  readonly deciding: number;
}

/** A deployment changes its parameters a few times in its life. */
const MAX_SETS = 8;
/** PHC string format: the parameters, the salt and the hash. */
const PHC = /^(\$argon2(?:id?|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$)([\w+/]+)\$([\w+/]+)$/;

/**
 * Makes every verification the same work, so that its time reveals neither whether an address is registered nor how
 * old the hash of its password is.
 *
 * After a change of the parameters, accounts keep their old hashes until their next login. Verified alone, such a hash
 * would take another time than the one for unknown addresses. So each password is compared with one hash for every set
 * of parameters in use: the account's own, and for the other sets the hash of a random password. Padding the cheaper
 * hash was measured and is not exact: the time per KiB depends on how much memory a hash fills. A set is known from the
 * first time that this instance verifies one of its hashes.
 */
export class ComparedHashes {
  /** By parameters. The set that is used for new hashes comes first. */
  private readonly ofUnknownUsers = new Map<string, string>();

  /** @param unknownUserHash of a random password, with the configured parameters */
  constructor(unknownUserHash: string) {
    this.learn(unknownUserHash);
  }

  /** @param passwordHash in PHC string format; `null` for an unknown address */
  comparisonWith(passwordHash: string | null): Comparison {
    if (passwordHash === null) return { hashes: [...this.ofUnknownUsers.values()], deciding: 0 };
    const parameters = this.learn(passwordHash);
    // A hash in another format, or of a ninth set.
    if (!this.ofUnknownUsers.has(parameters)) return { hashes: [passwordHash], deciding: 0 };
    const sets = [...this.ofUnknownUsers];
    return {
      hashes: sets.map(([set, hash]) => (set === parameters ? passwordHash : hash)),
      deciding: sets.findIndex(([set]) => set === parameters),
    };
  }

  /** @returns the parameters */
  private learn(passwordHash: string): string {
    const [, parameters = '', salt = '', hash = ''] = PHC.exec(passwordHash) ?? [];
    if (parameters !== '' && !this.ofUnknownUsers.has(parameters) && this.ofUnknownUsers.size < MAX_SETS) {
      this.ofUnknownUsers.set(parameters, `${parameters}${randomLike(salt)}$${randomLike(hash)}`);
    }
    return parameters;
  }
}

/** Random bytes of the same length, in base64 without padding. */
function randomLike(encoded: string): string {
  return randomBytes(Buffer.from(encoded, 'base64').length).toString('base64').replace(/=+$/, '');
}

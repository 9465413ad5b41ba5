import { hashSync, verifySync } from '@node-rs/argon2';
import { ComparedHashes } from './compared-hashes.js';

const hashOf = (password: string, memoryCost: number, timeCost: number) =>
  hashSync(password, { memoryCost, timeCost, parallelism: 1 });
/** The parameters of the hashes that are computed, in order. */
const workOf = (hashes: readonly string[]) => hashes.map((hash) => hash.split('$').slice(0, 4).join('$'));

describe('ComparedHashes', () => {
  const current = () => new ComparedHashes(hashOf('random', 64, 2));
  const oldHash = hashOf('correct horse', 32, 1);
  const currentHash = hashOf('correct horse', 64, 2);

  it('compute one hash while all accounts have the same parameters', () => {
    const compared = current();
    expect(compared.comparisonWith(currentHash)).toEqual({ hashes: [currentHash], deciding: 0 });
    expect(workOf(compared.comparisonWith(null).hashes)).toEqual(workOf([currentHash]));
  });

  it('are the same work for an old hash, a current one and an unknown address', () => {
    const compared = current();
    const old = compared.comparisonWith(oldHash);
    expect(workOf(old.hashes)).toEqual(workOf([currentHash, oldHash]));
    expect(workOf(compared.comparisonWith(currentHash).hashes)).toEqual(workOf(old.hashes));
    expect(workOf(compared.comparisonWith(null).hashes)).toEqual(workOf(old.hashes));
  });

  it('decide by the hash of the account', () => {
    const compared = current();
    for (const hash of [oldHash, currentHash]) {
      const { hashes, deciding } = compared.comparisonWith(hash);
      expect(hashes[deciding]).toBe(hash);
    }
  });

  it('accept no password for the other sets of parameters', () => {
    const compared = current();
    compared.comparisonWith(oldHash);
    const { hashes } = compared.comparisonWith(null);
    expect(hashes).toHaveLength(2);
    for (const hash of hashes) expect(verifySync(hash, 'correct horse')).toBe(false);
    expect(hashes).not.toContain(oldHash);
  });

  it('are limited in number', () => {
    const compared = current();
    for (let passes = 1; passes < 20; passes++) compared.comparisonWith(hashOf('x', 16, passes));
    expect(compared.comparisonWith(null).hashes).toHaveLength(8);
    const ninth = hashOf('x', 16, 19);
    expect(compared.comparisonWith(ninth)).toEqual({ hashes: [ninth], deciding: 0 });
  });
});

import { Seal, SealBroken } from './seal.js';

const secret = Buffer.alloc(32, 7);
const text = Buffer.from('a private key');

describe('Seal', () => {
  it('opens what it sealed', () => {
    const seal = new Seal(secret, 'signing keys');
    expect(seal.open(seal.seal(text, 'kid-1'), 'kid-1')).toEqual(text);
  });

  it('opens after a restart with the same secret', () => {
    const sealed = new Seal(secret, 'signing keys').seal(text, 'kid-1');
    expect(new Seal(Buffer.from(secret), 'signing keys').open(sealed, 'kid-1')).toEqual(text);
  });

  it('seals the same text to different bytes, which do not contain it', () => {
    const seal = new Seal(secret, 'signing keys');
    const [one, two] = [seal.seal(text, 'kid-1'), seal.seal(text, 'kid-1')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes(text)).toBe(false);
  });

  it.each([
    ['another secret', new Seal(Buffer.alloc(32, 8), 'signing keys'), 'kid-1'],
    ['another purpose', new Seal(secret, 'device tokens'), 'kid-1'],
    ['another row', new Seal(secret, 'signing keys'), 'kid-2'],
  ])('does not open under %s', (_, other, aad) => {
    const sealed = new Seal(secret, 'signing keys').seal(text, 'kid-1');
    expect(() => other.open(sealed, aad)).toThrow(SealBroken);
  });

  it('does not open if any single byte was altered', () => {
    const seal = new Seal(secret, 'signing keys');
    const sealed = seal.seal(text, 'kid-1');
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => seal.open(altered, 'kid-1')).toThrow(SealBroken);
    }
  });

  it('does not open if it was truncated', () => {
    const seal = new Seal(secret, 'signing keys');
    const sealed = seal.seal(text, 'kid-1');
    for (let length = 0; length < sealed.length; length++) {
      expect(() => seal.open(sealed.subarray(0, length), 'kid-1')).toThrow(SealBroken);
    }
  });
});

import { v7 as newId } from 'uuid';
import { LinkTokens } from './link-token.js';

describe('LinkTokens', () => {
  const tokens = new LinkTokens(Buffer.from('a secret of the tests, 32 bytes or more'));
  const id = newId();
  const token = tokens.issue('reset_password', id);

  it('issues the same token for the same link, and reads the id back from it', () => {
    expect(token).toMatch(/^lkm_[\w-]{64}$/);
    expect(tokens.issue('reset_password', id)).toBe(token);
    expect(tokens.verify('reset_password', token)).toBe(id);
  });

  it('refuses a token for another purpose or under another secret', () => {
    expect(tokens.verify('confirm_email', token)).toBeNull();
    expect(tokens.verify('disown', token)).toBeNull();
    const others = new LinkTokens(Buffer.from('another secret of the tests, 32 bytes'));
    expect(others.verify('reset_password', token)).toBeNull();
  });

  it('refuses a token with any bit flipped', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(tokens.verify('reset_password', `lkm_${forged.toString('base64url')}`)).toBeNull();
    }
  });

  it.each([
    '',
    'lkm_',
    token.slice(0, -1),
    `${token}A`,
    `${token}=`,
    token.replace('lkm_', 'lkr_'),
    token.slice(4),
    ` ${token}`,
  ])('refuses %j', (other) => {
    expect(tokens.verify('reset_password', other)).toBeNull();
  });
});

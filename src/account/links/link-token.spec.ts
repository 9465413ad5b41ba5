import { v7 as newId } from 'uuid';
import { LinkTokens } from './link-token.js';

describe('LinkTokens', () => {
  const tokens = new LinkTokens(Buffer.from('a secret of the tests, 32 bytes or more'));
  const id = newId();
  const token = tokens.issue('reset_password', id);

  it('issues the same token for the same link, and reads the id back from it', () => {
    expect(token).toMatch(/^lkm_[\w-]{64}x$/);
    expect(tokens.issue('reset_password', id)).toBe(token);
    expect(tokens.verify('reset_password', token)).toBe(id);
  });

  it('ends every token in a letter, so that no mail program leaves out the end of a link', () => {
    for (let made = 0; made < 500; made++)
      expect(tokens.issue('confirm_email', newId())).toMatch(/[a-z\d]$/i);
  });

  it('accepts the tokens of earlier versions, which have no letter at the end', () => {
    expect(tokens.verify('reset_password', token.slice(0, -1))).toBe(id);
  });

  it('refuses a token for another purpose or under another secret', () => {
    expect(tokens.verify('confirm_email', token)).toBeNull();
    expect(tokens.verify('disown', token)).toBeNull();
    const others = new LinkTokens(Buffer.from('another secret of the tests, 32 bytes'));
    expect(others.verify('reset_password', token)).toBeNull();
  });

  it('refuses a token with any bit flipped', () => {
    const bytes = Buffer.from(token.slice(4, -1), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(tokens.verify('reset_password', `lkm_${forged.toString('base64url')}x`)).toBeNull();
    }
  });

  it.each([
    '',
    'lkm_',
    token.slice(0, -2),
    `${token.slice(0, -2)}x`,
    `${token.slice(0, -1)}y`,
    `${token}x`,
    `${token}A`,
    `${token}=`,
    token.replace('lkm_', 'lkr_'),
    token.slice(4),
    ` ${token}`,
  ])('refuses %j', (other) => {
    expect(tokens.verify('reset_password', other)).toBeNull();
  });
});

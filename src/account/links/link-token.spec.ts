import { v7 as newId } from 'uuid';
import { LinkTokens } from './link-token.js';

describe('LinkTokens', () => {
  const tokens = new LinkTokens(Buffer.from('a secret of the tests, 32 bytes or more'));
  const id = newId();
  const token = tokens.issue('reset_password', id);

  it('issues one token for one link, which tells it again', () => {
    expect(token).toMatch(/^lkm_[\w-]{64}$/);
    expect(tokens.issue('reset_password', id)).toBe(token);
    expect(tokens.verify('reset_password', token)).toBe(id);
  });

  it('takes it for no other purpose, and not under another secret', () => {
    expect(tokens.verify('confirm_email', token)).toBeNull();
    expect(tokens.verify('disown', token)).toBeNull();
    const others = new LinkTokens(Buffer.from('another secret of the tests, 32 bytes'));
    expect(others.verify('reset_password', token)).toBeNull();
  });

  it('takes none with a bit flipped, wherever', () => {
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
  ])('takes no %j', (other) => {
    expect(tokens.verify('reset_password', other)).toBeNull();
  });
});

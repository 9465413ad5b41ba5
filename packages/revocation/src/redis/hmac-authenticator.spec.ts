import { randomBytes } from 'node:crypto';
import { HmacAuthenticator } from './hmac-authenticator.js';

describe('HmacAuthenticator', () => {
  const [secret, previous] = [randomBytes(32), randomBytes(32)];
  const authenticator = new HmacAuthenticator([secret], 'cache');
  const sealed = authenticator.seal('key', 'a text. with dots, "quotes" and ü');

  it('opens what it sealed', () => {
    expect(authenticator.open('key', sealed)).toBe('a text. with dots, "quotes" and ü');
    expect(authenticator.open('key', authenticator.seal('key', ''))).toBe('');
  });

  it.each([
    ['nothing', ''],
    ['a text that was not sealed', 'a text'],
    ['JSON', '{"status":"active"}'],
    ['another text with the same proof', `${sealed}!`],
    ['a part of the text', sealed.slice(0, -1)],
    ['another proof', sealed.replace(/^1\../, (start) => `1.${start[2] === 'A' ? 'B' : 'A'}`)],
    ['a proof of 43 characters and more bytes', sealed.replace(/^1\../, '1.ü')],
    ['another version', sealed.replace('1.', '2.')],
    ['only a proof', sealed.slice(0, 45)],
  ])('does not open %s', (_, text) => {
    expect(authenticator.open('key', text)).toBeNull();
  });

  it('does not open a text in another place, or for another purpose', () => {
    expect(authenticator.open('other', sealed)).toBeNull();
    expect(new HmacAuthenticator([secret], 'bus').open('key', sealed)).toBeNull();
    const proof = authenticator.seal('key', '1:x').slice(0, -'1:x'.length);
    expect(authenticator.open('key', `${proof}1:x`)).toBe('1:x');
    expect(authenticator.open('key:1', `${proof}x`)).toBeNull();
  });

  it('opens what was sealed with a previous secret, and seals with the current one', () => {
    const rotated = new HmacAuthenticator([secret, previous], 'cache');
    expect(rotated.open('key', new HmacAuthenticator([previous], 'cache').seal('key', 'old'))).toBe('old');
    expect(authenticator.open('key', rotated.seal('key', 'new'))).toBe('new');
    expect(new HmacAuthenticator([previous], 'cache').open('key', sealed)).toBeNull();
  });

  it('needs a secret', () => {
    expect(() => new HmacAuthenticator([], 'cache')).toThrow(TypeError);
  });
});

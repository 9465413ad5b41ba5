import { RefreshTokens } from './refresh-token.js';

const SECRET = Buffer.alloc(32, 7);
const SESSION = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('RefreshTokens', () => {
  const tokens = new RefreshTokens(SECRET);
  const token = tokens.issue({ sessionId: SESSION, generation: 41 });

  it('returns the claims that went in, and the same token for the same claims', () => {
    expect(tokens.verify(token)).toEqual({ sessionId: SESSION, generation: 41 });
    expect(tokens.issue({ sessionId: SESSION, generation: 41 })).toBe(token);
  });

  it('refuses every token that differs in one character', () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect(tokens.verify(token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
    }
  });

  it('refuses every token that differs in one bit', () => {
    const bytes = Buffer.from(token.slice(4), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(tokens.verify(`lkr_${flipped.toString('base64url')}`)).toBeNull();
    }
  });

  it('refuses a token made under another secret', () => {
    const foreign = new RefreshTokens(Buffer.alloc(32, 8)).issue({ sessionId: SESSION, generation: 41 });
    expect(tokens.verify(foreign)).toBeNull();
  });

  it.each([
    '',
    'lkr_',
    token.slice(0, -1),
    `${token}A`,
    token.slice(4),
    `${token}=`,
    '\0'.repeat(token.length),
  ])('refuses %j', (malformed) => {
    expect(tokens.verify(malformed)).toBeNull();
  });
});

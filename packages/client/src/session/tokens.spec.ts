import { isExpiring, parseStored, type Tokens } from './tokens.js';

const tokens = (expires_in: number): Tokens => ({
  ...{ session_id: 's', device_id: 'd', received_at: 0, expires_in },
});

describe('isExpiring', () => {
  it.each([
    ['a new token', 900, 0, false],
    ['one in the middle of its life', 900, 450_000, false],
    ['one that expires within 30 seconds', 900, 871_000, true],
    ['one that has expired', 900, 901_000, true],
    ['a short-lived one that is new', 20, 1_000, false],
    ['a short-lived one in its last quarter', 20, 16_000, true],
    ['one from the future, because the clock was changed', 900, -1, true],
  ])('judges %s', (_, expiresIn, ageMs, expected) => {
    expect(isExpiring(tokens(expiresIn), ageMs)).toBe(expected);
  });
});

describe('parseStored', () => {
  it.each([null, '', 'x', '1', '[]', '{}'])('treats %j as no session', (text) => {
    expect(parseStored(text)).toEqual({ tokens: null });
  });

  it('returns what was stored', () => {
    const stored = { tokens: tokens(900), device_token: 't' };
    expect(parseStored(JSON.stringify(stored))).toEqual(stored);
  });
});

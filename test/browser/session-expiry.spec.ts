import { sessionExpiry } from '../../web/src/account/session-expiry.js';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const session = (seen: number, expires: number, absolute: number) => ({
  created_at: at(0),
  last_seen_at: at(seen),
  expires_at: at(expires),
  absolute_expires_at: at(absolute),
});

describe('the warning before a session expires', () => {
  it('is given a minute before', () => {
    expect(sessionExpiry(session(1_000, 1_300, 9_000))).toEqual({
      warnAt: 1_240_000,
      expiresAt: 1_300_000,
      isFinal: false,
    });
  });

  it('is given later if the idle lifetime is short', () => {
    expect(sessionExpiry(session(1_000, 1_010, 9_000))).toMatchObject({ warnAt: 1_008_000 });
  });

  it('is given a minute before the absolute end too, however short the remaining use', () => {
    expect(sessionExpiry(session(8_990, 9_000, 9_000))).toMatchObject({ warnAt: 8_940_000, isFinal: true });
  });
});

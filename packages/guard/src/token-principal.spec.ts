import type { Principal } from './principal.js';
import { TokenPrincipal } from './token-principal.js';

const SUBJECT = {
  ...{ userId: 'u', sessionId: 's', deviceId: 'd', clientId: 'c', audience: ['a'], roles: ['admin'] },
  ...{ rolesVersion: 0, sessionEpoch: 0, generation: 0, authenticatedAt: 0, amr: ['pwd'], acr: null },
};

describe('a principal', () => {
  const principal = new TokenPrincipal(SUBJECT, 0, 3);

  it('proves what its token says', () => {
    expect(TokenPrincipal.proofOf(principal)).toEqual({ subject: SUBJECT, confirmedIn: 3 });
  });

  it.each([
    ['a copy', { ...principal }],
    ['nothing', undefined],
    ['a text', 'principal'],
  ])('cannot be replaced by %s', (_name, other) => {
    expect(() => TokenPrincipal.proofOf(other as Principal)).toThrow(
      new TypeError('the principal was not returned by a guard; pass it on as it is, not a copy of it'),
    );
  });
});

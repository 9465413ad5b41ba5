import { presentedToken } from './presented-token.js';

const read = (headers: Record<string, string | string[]>, cookie?: string) => presentedToken(headers, cookie);

describe('presentedToken', () => {
  it.each(['Bearer a.b-c_d~e+f/g==', 'bearer  a.b-c_d~e+f/g==', 'BEARER a.b-c_d~e+f/g== '])(
    'reads %j',
    (authorization) => {
      expect(read({ authorization })).toEqual({ token: 'a.b-c_d~e+f/g==', isFromCookie: false });
    },
  );

  it.each<Record<string, string | string[]>>([
    {},
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer a b' },
    { authorization: 'Bearer a, Bearer b' },
    { authorization: 'Basic eDp4' },
    { authorization: ['Bearer a', 'Bearer b'] },
    { cookie: 'access=a' },
  ])('finds no token in %j', (headers) => {
    expect(() => read(headers)).toThrow(expect.objectContaining({ code: 'invalid_token' }));
  });

  it('reads the cookie if there is no bearer token', () => {
    expect(read({ cookie: 'x=1;\taccess=t ; y=2' }, 'access')).toEqual({ token: 't', isFromCookie: true });
    expect(read({ authorization: 'Basic eDp4', cookie: 'access=t' }, 'access').token).toBe('t');
  });

  it.each(['access=', 'x-access=t', 'access=a; access=b', '\u00a0access=t', 'access'])(
    'finds no token in the cookies %j',
    (cookie) => {
      expect(() => read({ cookie }, 'access')).toThrow(expect.objectContaining({ code: 'invalid_token' }));
    },
  );

  it('does not fall back to the cookie for a malformed bearer token', () => {
    for (const authorization of ['Bearer ', 'Bearer a b', ['Bearer a', 'Bearer b']]) {
      expect(() => read({ authorization, cookie: 'access=t' }, 'access')).toThrow();
    }
  });
});

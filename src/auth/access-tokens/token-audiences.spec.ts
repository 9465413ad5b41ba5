import { TokenAudiences } from './token-audiences.js';

const OWN = 'https://id.example.com';
const API = 'https://api.example.com';
const MAIL = 'urn:example:mail';
const audiences = new TokenAudiences({ accessToken: { audiences: [OWN, API, MAIL] } } as never);
const refused = expect.objectContaining({ code: 'invalid_target' });

describe('the requested audience', () => {
  it('is one resource or several, each once', () => {
    expect(audiences.requested(API)).toEqual([API]);
    expect(audiences.requested([MAIL, API, MAIL])).toEqual([MAIL, API]);
  });

  it.each([undefined, null])('is null if the resource is %p', (resource) => {
    expect(audiences.requested(resource)).toBeNull();
  });

  it.each([
    ['an empty list', []],
    ['an empty text', ''],
    ['an unknown resource', 'https://other.example.com'],
    ['an unknown resource among others', [API, 'https://other.example.com']],
    ['a longer resource', `${API}/v1`],
    ['a fragment', `${API}#a`],
    ['an empty fragment', `${API}#`],
    ['a relative reference', '/api'],
    ['a name', 'api'],
    ['white space', ` ${API}`],
  ])('is refused for %s', (_, resource) => {
    expect(() => audiences.requested(resource)).toThrow(refused);
  });

  it('is refused for a configured audience that is not a URI', () => {
    const named = new TokenAudiences({ accessToken: { audiences: ['api'] } } as never);
    expect(() => named.requested('api')).toThrow(refused);
  });
});

describe('the audience of a token', () => {
  it('is everything that is configured, unless something was asked for', () => {
    expect(audiences.narrow(null, null)).toEqual([OWN, API, MAIL]);
    expect(audiences.narrow(null, [API])).toEqual([API]);
  });

  it('is what was asked for at login, or a part of it', () => {
    expect(audiences.narrow([MAIL, API], null)).toEqual([API, MAIL]);
    expect(audiences.narrow([MAIL, API], [MAIL])).toEqual([MAIL]);
  });

  it('is refused if more is asked for than at login', () => {
    expect(() => audiences.narrow([API], [OWN])).toThrow(refused);
    expect(() => audiences.narrow([API], [API, OWN])).toThrow(refused);
  });

  it('has no resource that is no longer configured', () => {
    expect(audiences.narrow([API, 'https://former.example.com'], null)).toEqual([API]);
    expect(() => audiences.narrow(['https://former.example.com'], null)).toThrow(refused);
  });
});

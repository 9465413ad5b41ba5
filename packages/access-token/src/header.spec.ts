import { InvalidToken } from './errors.js';
import { readTokenKid } from './header.js';

const SIGNATURE = Buffer.alloc(64, 7).toString('base64url');
const encode = (header: unknown) => Buffer.from(JSON.stringify(header)).toString('base64url');
const token = (header: unknown, signature = SIGNATURE) => `${encode(header)}.payload.${signature}`;
const header = { alg: 'ES256', typ: 'at+jwt', kid: 'a' };

const codeOf = (text: string) => {
  try {
    return readTokenKid(text);
  } catch (error) {
    return error instanceof InvalidToken ? error.code : error;
  }
};

describe('readTokenKid', () => {
  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('returns the key id of a token of type %s', (typ) => {
    expect(readTokenKid(token({ ...header, typ }))).toBe('a');
  });

  it.each([
    ['another algorithm', { ...header, alg: 'none' }],
    ['another type', { ...header, typ: 'JWT' }],
    ['an embedded key', { ...header, jwk: {} }],
    ['critical extensions', { ...header, crit: [] }],
    ['a kid that is not a string', { ...header, kid: 1 }],
    ['no kid', { ...header, kid: undefined }],
  ])('refuses a header with %s', (_, other) => {
    expect(codeOf(token(other))).toBe('unacceptable_header');
  });

  it.each([
    '',
    '..',
    'a.b',
    `${token(header)}.d`,
    token(header, `${SIGNATURE}=`),
    token(header, `${SIGNATURE.slice(0, -1)}x`),
    token(null),
    token('text'),
    `e30x.payload.${SIGNATURE}`,
  ])('refuses %j', (text) => {
    expect(['malformed_token', 'unacceptable_header']).toContain(codeOf(text));
  });

  it('does not quote the token in the error', () => {
    const text = `${Buffer.from('secret').toString('base64url')}.payload.${SIGNATURE}`;
    expect(() => readTokenKid(text)).toThrow(/^the header is not JSON$/);
  });
});

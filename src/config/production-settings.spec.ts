import { readEnvironment } from './environment.js';
import { startWarnings } from './production-settings.js';

const REQUIRED = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://localhost/latchkey',
  LATCHKEY_SECRET: 'a secret of the tests, 32 bytes or more',
  LATCHKEY_ISSUER: 'https://id.example.com',
  SMTP_URL: 'smtp://mail.example.com',
};
const read = (env: Record<string, string>) => readEnvironment(env, () => Buffer.alloc(32));
const production = (env: Record<string, string> = {}) => read({ ...REQUIRED, ...env });

describe('production settings', () => {
  it('are accepted without a warning for a public https address', () => {
    expect(startWarnings(production())).toEqual([]);
    expect(production().web.secureCookies).toBe(true);
  });

  it.each([
    [{ LATCHKEY_ISSUER: 'http://id.example.com' }, /^LATCHKEY_ISSUER must start with https:/],
    [{ LATCHKEY_ISSUER: 'http://10.0.0.7:3000' }, /^LATCHKEY_ISSUER must start with https:/],
    [{ LATCHKEY_ISSUER: 'http://localhost.example.com' }, /^LATCHKEY_ISSUER must start with https:/],
    [{ LATCHKEY_ORIGIN: 'http://id.example.com' }, /^LATCHKEY_ORIGIN must start with https:/],
    [{ LATCHKEY_ISSUER: '' }, /^LATCHKEY_ISSUER is required$/],
  ])('%j are refused', (env, message) => {
    expect(() => production(env)).toThrow(message);
  });

  it.each([
    [31, false],
    [32, true],
  ])('with a client secret of %d bytes are accepted: %s', (length, isAccepted) => {
    const client = {
      client_id: 'api',
      client_secrets: ['x'.repeat(40), 'x'.repeat(length)],
      permissions: ['guard'],
    };
    const start = () => production({ LATCHKEY_CLIENTS: JSON.stringify([client]) });
    if (isAccepted) expect(start().clients).toMatchObject([{ clientId: 'api' }]);
    else expect(start).toThrow(/^LATCHKEY_CLIENTS needs secrets of at least 32 bytes in production \(api\)/);
  });

  it('allow an issuer inside a private network if browsers use https', () => {
    const env = { LATCHKEY_ISSUER: 'http://latchkey:3000', LATCHKEY_ORIGIN: 'https://id.example.com' };
    expect(startWarnings(production(env))).toEqual([]);
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ LATCHKEY_ISSUER: '', HOST: '127.0.0.1' }, /^cookies are not Secure/],
    [{ LATCHKEY_ISSUER: 'http://localhost:4000' }, /^cookies are not Secure/],
    [{ LATCHKEY_ISSUER: 'http://[::1]:3000' }, /^cookies are not Secure/],
    [{ TRUST_PROXY: 'true' }, /^TRUST_PROXY=true believes/],
    [{ CORS_ORIGINS: 'http://app.example.com' }, /^CORS_ORIGINS trusts pages.*http:\/\/app\.example\.com/],
    [{ SMTP_URL: '' }, /^mail is not sent/],
  ])('%j cause a warning', (env, message) => {
    expect(startWarnings(production(env))).toEqual([expect.stringMatching(message)]);
  });

  it.each<Record<string, string>>([
    { TRUST_PROXY: '1' },
    { CORS_ORIGINS: 'capacitor://localhost,http://localhost:5173' },
  ])('%j cause none', (env) => {
    expect(startWarnings(production(env))).toEqual([]);
  });
});

describe('development settings', () => {
  it('cause a warning only if other machines can reach the service', () => {
    expect(startWarnings(read({}))).toEqual([]);
    expect(startWarnings(read({ HOST: '0.0.0.0' }))).toEqual([expect.stringMatching(/NODE_ENV=production/)]);
  });
});

import { MAILABLE_EVENTS } from '../policy/mailed-events.js';
import { POLICY_PRESETS } from '../policy/session-policy.js';
import { InvalidEnvironment, readDatabaseEnvironment, readEnvironment } from './environment.js';

const read = (env: Record<string, string>) => readEnvironment(env, () => Buffer.alloc(32));

describe('the environment', () => {
  it('has a default for every variable in development', () => {
    expect(read({})).toMatchObject({
      production: false,
      http: { host: '127.0.0.1', port: 3000, trustProxy: false },
      database: { url: null, migrationUrl: null, poolSize: 10, migrateOnStart: false },
      redis: null,
      accessToken: { audiences: ['http://localhost:3000'], ttlSeconds: 900 },
      policy: POLICY_PRESETS.social,
    });
  });

  it('treats an empty variable as not set', () => {
    expect(read({ PORT: '', LATCHKEY_POLICY: '' })).toEqual(read({}));
  });

  it('keeps serving for five seconds after the signal to stop in production only', () => {
    const production = {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://127.0.0.1/latchkey',
      LATCHKEY_SECRET: 's'.repeat(32),
      LATCHKEY_ISSUER: 'https://id.example.com',
    };
    expect(read({}).http.shutdownDelayMs).toBe(0);
    expect(read(production).http.shutdownDelayMs).toBe(5_000);
    expect(read({ ...production, SHUTDOWN_DELAY: '0' }).http.shutdownDelayMs).toBe(0);
    expect(() => read({ SHUTDOWN_DELAY: '6m' })).toThrow('SHUTDOWN_DELAY must be from 0s to 5m');
  });

  it('requires a database, a secret and an issuer in production', () => {
    expect(() => read({ NODE_ENV: 'production' })).toThrow(
      new InvalidEnvironment(
        'DATABASE_URL is required; LATCHKEY_SECRET is required; LATCHKEY_ISSUER is required',
      ),
    );
  });

  it('requires nothing but a database of a command that changes the schema', () => {
    const url = 'postgres://127.0.0.1/latchkey';
    const { database } = readDatabaseEnvironment({ NODE_ENV: 'production', DATABASE_URL: url, PORT: 'x' });
    expect(database).toMatchObject({ url, migrationUrl: null });
    expect(() => readDatabaseEnvironment({ NODE_ENV: 'production' })).toThrow(/^DATABASE_URL is required$/);
  });

  it('accepts the URL for migrations alone for a command that changes the schema, but not for the service', () => {
    const url = 'postgres://127.0.0.1/latchkey';
    const env = { NODE_ENV: 'production', DATABASE_MIGRATION_URL: url };
    expect(readDatabaseEnvironment(env).database).toMatchObject({ url, migrationUrl: url });
    expect(() => readDatabaseEnvironment({ DATABASE_MIGRATION_URL: 'x' })).toThrow(
      /^DATABASE_MIGRATION_URL [^;]*$/,
    );
    expect(() => read({ DATABASE_MIGRATION_URL: url })).toThrow(
      'DATABASE_MIGRATION_URL needs DATABASE_URL as well',
    );
  });

  it('reports an unknown policy along with other faults', () => {
    expect(() => read({ LATCHKEY_POLICY: 'casino', PORT: '65536' })).toThrow(
      'PORT must be a whole number from 0 to 65535; LATCHKEY_POLICY must be one of social, streaming, bank',
    );
  });

  it('overrides single values of a policy', () => {
    const { policy } = read({
      LATCHKEY_POLICY: 'bank',
      SESSION_IDLE_TTL: '10m',
      SUSPICION_ACTIONS: 'client_scripted:off',
    });
    expect(policy).toEqual({
      ...POLICY_PRESETS.bank,
      idleTtlMs: 600_000,
      suspicionActions: { ...POLICY_PRESETS.bank.suspicionActions, client_scripted: 'off' },
    });
  });

  it('never trusts a cached session for longer than its idle lifetime', () => {
    expect(read({ SESSION_MAX_STALENESS: '5m', SESSION_IDLE_TTL: '1m' }).sessions.maxStalenessMs).toBe(
      60_000,
    );
  });

  it('refuses to require a login because of a login', () => {
    expect(() => read({ SUSPICION_ACTIONS: 'device_token_shared:require_reauthentication' })).toThrow(
      /cannot require a login because of a login/,
    );
  });
});

describe('the mail settings', () => {
  it('have defaults', () => {
    const { mail, web } = read({});
    expect(web.origin).toBe('http://localhost:3000');
    expect(mail).toMatchObject({
      smtpUrl: null,
      from: 'Latchkey <no-reply@localhost>',
      bounceAddress: null,
    });
    expect(mail.events).toContain('new_device_sign_in');
  });

  it('use the origin of the issuer unless LATCHKEY_ORIGIN is set', () => {
    const LATCHKEY_ISSUER = 'https://id.example.com/issuer/';
    expect(read({ LATCHKEY_ISSUER }).web.origin).toBe('https://id.example.com');
    expect(read({ LATCHKEY_ISSUER, LATCHKEY_ORIGIN: 'https://www.example.com:8443' })).toMatchObject({
      web: { origin: 'https://www.example.com:8443' },
      mail: { from: 'Latchkey <no-reply@www.example.com>' },
    });
  });

  it('use the port in development when no address is set, and leave the issuer as it is', () => {
    const { web, accessToken } = read({ PORT: '4000' });
    expect(web.origin).toBe('http://localhost:4000');
    expect(accessToken).toMatchObject({
      issuer: 'http://localhost:3000',
      audiences: ['http://localhost:3000'],
    });
    // The port is chosen later.
    expect(read({ PORT: '0' }).web.origin).toBe('http://localhost:3000');
    expect(read({ PORT: '4000', LATCHKEY_ISSUER: 'http://localhost:3000' }).web.origin).toBe(
      'http://localhost:3000',
    );
  });

  it('do not use the port in production, where a proxy may be in front of it', () => {
    const production = {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: '4000',
      DATABASE_URL: 'postgres://127.0.0.1/latchkey',
      LATCHKEY_SECRET: 's'.repeat(32),
    };
    expect(read(production).web.origin).toBe('http://localhost:3000');
  });

  it.each([
    ['social', 'new_device_sign_in', true],
    ['social', 'client_changed', true],
    ['streaming', 'new_device_sign_in', false],
    ['streaming', 'device_token_shared', true],
    ['streaming', 'refresh_token_reused', true],
    ['bank', 'client_changed', true],
  ] as const)('with policy %s, for event %s: mailed is %s', (LATCHKEY_POLICY, event, isMailed) => {
    expect(read({ LATCHKEY_POLICY }).mail.events.includes(event)).toBe(isMailed);
  });

  it('follow MAILED_EVENTS instead of the policy when it is set', () => {
    const mailed = (MAILED_EVENTS: string) => read({ LATCHKEY_POLICY: 'bank', MAILED_EVENTS }).mail.events;
    expect(mailed('none')).toEqual([]);
    expect(mailed('password_reset, client_changed')).toEqual(['password_reset', 'client_changed']);
    expect(mailed(MAILABLE_EVENTS.join(','))).toEqual(MAILABLE_EVENTS);
  });

  it.each([
    ['MAIL_FROM', 'no address'],
    ['MAIL_FROM', 'a@example.com\r\nBcc: b@example.com'],
    ['MAIL_FROM', 'A <a@example.com>, B <b@example.com>'],
    ['MAIL_FROM', '"A" <a@example.com>'],
    ['MAIL_BOUNCE_ADDRESS', 'Bounces <bounces@example.com>'],
    ['MAIL_BOUNCE_ADDRESS', 'a-name-of-more-than-15@example.com'],
    ['MAIL_BOUNCE_ADDRESS', 'a+b@example.com'],
    ['SMTP_URL', 'mail.example.com:25'],
    ['SMTP_URL', 'http://mail.example.com'],
    ['LATCHKEY_ORIGIN', 'example.com'],
    ['LATCHKEY_ORIGIN', 'javascript:alert(1)'],
    ['MAILED_EVENTS', 'everything'],
  ])('name the variable when they refuse %s=%j', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name} must`));
  });

  it.each(['a@example.com', 'Latchkey <a@example.com>', 'Müller & Söhne <konto@müller.example>'])(
    'accept the sender %s',
    (MAIL_FROM) => {
      expect(read({ MAIL_FROM }).mail.from).toBe(MAIL_FROM);
    },
  );
});

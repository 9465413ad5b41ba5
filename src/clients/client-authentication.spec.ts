import { clientDefinitions } from '../config/client-definitions.js';
import { ClientAuthentication } from './client-authentication.js';
import { configuredClient } from './registered-client.js';

const SECRET = 'lks_secret-of-the-tests';
const CODED = 'a+b/c=:d%e';
const [api, edge] = clientDefinitions(
  JSON.stringify([
    { client_id: 'orders-api', client_secrets: ['an older secret', SECRET], permissions: ['guard'] },
    { client_id: 'edge', client_secrets: [CODED], permissions: ['introspect'] },
  ]),
).map(configuredClient);

const clients = new Map([api, edge].map((client) => [client?.clientId, client]));
const authentication = new ClientAuthentication({ find: (id: string) => clients.get(id) } as never);

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const authenticate = (header: string | undefined) => authentication.authenticate(header).client.clientId;

describe('a client', () => {
  it.each([SECRET, 'an older secret', 'an%20older%20secret', 'an+older+secret'])(
    'is authenticated by each of its secrets: %s',
    (secret) => {
      expect(authenticate(basic(`orders-api:${secret}`))).toBe('orders-api');
    },
  );

  it.each([
    ['form-urlencoded', encodeURIComponent(CODED)],
    ['as it is', CODED],
  ])('may send a secret with special characters %s', (_how, secret) => {
    expect(authenticate(basic(`edge:${secret}`))).toBe('edge');
  });

  it('may write the scheme in any case', () => {
    expect(authenticate(basic(`orders-api:${SECRET}`).replace('Basic', 'bASIC'))).toBe('orders-api');
  });

  it.each<[string, string | undefined]>([
    ['no header', undefined],
    ['another scheme', `Bearer ${SECRET}`],
    ['no base64', 'Basic orders-api:secret'],
    ['no colon', basic('orders-api')],
    ['an unknown id', basic(`orders:${SECRET}`)],
    ['the name of a member of objects', basic(`__proto__:${SECRET}`)],
    ['the secret of another client', basic(`edge:${SECRET}`)],
    ['an empty secret', basic('orders-api:')],
    ['a wrong secret', basic(`orders-api:${SECRET}.`)],
    ['an overlong header', basic(`orders-api:${'x'.repeat(3_000)}`)],
  ])('is refused with %s', (_what, header) => {
    expect(() => authenticate(header)).toThrow(
      expect.objectContaining({ code: 'invalid_client', members: {} }),
    );
  });

  it('needs the permission', () => {
    const header = basic(`orders-api:${SECRET}`);
    expect(authentication.authorize(header, 'guard').client).toBe(api);
    expect(() => authentication.authorize(header, 'revoke')).toThrow(
      expect.objectContaining({ code: 'insufficient_permission', detail: 'It needs the permission revoke.' }),
    );
  });
});

describe('an authentication', () => {
  const authenticated = authentication.authorize(basic(`orders-api:${SECRET}`), 'guard');
  afterEach(() => clients.set('orders-api', api));

  it.each([
    ['nothing', api, true],
    ['another secret', api && { ...api, secrets: api.secrets.slice(1) }, true],
    ['its secret', api && { ...api, secrets: api.secrets.slice(0, 1) }, false],
    ['its permission', api && { ...api, permissions: ['introspect' as const] }, false],
    ['its client', undefined, false],
  ])('after %s was removed is valid: %s', (_what, now, isValid) => {
    clients.set('orders-api', now);
    expect(authentication.isValid(authenticated, 'guard')).toBe(isValid);
  });
});

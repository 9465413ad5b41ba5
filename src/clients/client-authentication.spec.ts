import { clientDefinitions } from '../config/client-definitions.js';
import { type AuthenticatedClient, ClientAuthentication } from './client-authentication.js';
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
let readNow = async () => {};
const authentication = new ClientAuthentication({
  find: (id: string) => clients.get(id),
  readNow: () => readNow(),
} as never);

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const authenticate = async (header: string | undefined) =>
  (await authentication.authenticate(header)).client.clientId;

describe('a client', () => {
  it.each([SECRET, 'an older secret', 'an%20older%20secret', 'an+older+secret'])(
    'is authenticated by each of its secrets: %s',
    async (secret) => {
      expect(await authenticate(basic(`orders-api:${secret}`))).toBe('orders-api');
    },
  );

  it.each([
    ['form-urlencoded', encodeURIComponent(CODED)],
    ['as it is', CODED],
  ])('may send a secret with special characters %s', async (_how, secret) => {
    expect(await authenticate(basic(`edge:${secret}`))).toBe('edge');
  });

  it('may write the scheme in any case', async () => {
    expect(await authenticate(basic(`orders-api:${SECRET}`).replace('Basic', 'bASIC'))).toBe('orders-api');
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
  ])('is refused with %s', async (_what, header) => {
    await expect(authenticate(header)).rejects.toThrow(
      expect.objectContaining({ code: 'invalid_client', members: {} }),
    );
  });

  it('is authenticated although it was added after the clients were read', async () => {
    const [added] = clientDefinitions(
      JSON.stringify([{ client_id: 'new', client_secrets: [SECRET], permissions: ['guard'] }]),
    ).map(configuredClient);
    readNow = async () => {
      clients.set('new', added);
    };
    expect(await authenticate(basic(`new:${SECRET}`))).toBe('new');
    clients.delete('new');
    readNow = async () => {};
  });

  it('is neither accepted nor refused when it is unknown and the clients cannot be read', async () => {
    readNow = () => Promise.reject(new Error('away'));
    await expect(authenticate(basic(`new:${SECRET}`))).rejects.toThrow('away');
    readNow = async () => {};
  });

  it('needs the permission', async () => {
    const header = basic(`orders-api:${SECRET}`);
    expect((await authentication.authorize(header, 'guard')).client).toBe(api);
    await expect(authentication.authorize(header, 'revoke')).rejects.toThrow(
      expect.objectContaining({ code: 'insufficient_permission', detail: 'It needs the permission revoke.' }),
    );
  });
});

describe('an authentication', () => {
  let authenticated: AuthenticatedClient;
  beforeAll(async () => {
    authenticated = await authentication.authorize(basic(`orders-api:${SECRET}`), 'guard');
  });
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

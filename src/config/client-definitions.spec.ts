import { clientDefinitions, clientSecretHash } from './client-definitions.js';
import { readEnvironment } from './environment.js';

const SECRET = 'a secret of the tests';
const API = { client_id: 'orders-api', client_secrets: [SECRET], permissions: ['guard'] };
const read = (clients: unknown) => clientDefinitions(JSON.stringify(clients));

describe('LATCHKEY_CLIENTS', () => {
  it('keeps hashes of several secrets, and no secret', () => {
    const [client] = read([
      {
        ...API,
        client_secrets: [SECRET, 'another secret'],
        permissions: ['guard', 'introspect'],
        audiences: ['https://api.example.com'],
      },
    ]);
    expect(client).toEqual({
      clientId: 'orders-api',
      secretHashes: [clientSecretHash(SECRET), clientSecretHash('another secret')],
      shortestSecretBytes: 14,
      permissions: ['guard', 'introspect'],
      audiences: ['https://api.example.com'],
    });
  });

  it('needs no audiences', () => {
    expect(read([API])).toMatchObject([{ audiences: [] }]);
  });

  it.each<[string, unknown, RegExp]>([
    ['an object', {}, /^must be a JSON array of clients$/],
    ['an element that is not an object', ['orders-api'], /element 0 is none$/],
    [
      'an unknown member',
      [{ ...API, scopes: [] }],
      /^is invalid: orders-api has an unknown member "scopes"$/,
    ],
    ['no client_id', [{ ...API, client_id: undefined }], /^is invalid: element 0 has an invalid client_id/],
    ['a client_id with a space', [{ ...API, client_id: 'orders api' }], /element 0 has an invalid client_id/],
    ['two clients with one id', [API, { ...API }], /must not contain the client orders-api twice/],
    ['no secrets', [{ ...API, client_secrets: [] }], /orders-api has no list of 1 to 5 client_secrets/],
    ['six secrets', [{ ...API, client_secrets: Array(6).fill(SECRET) }], /no list of 1 to 5/],
    ['one secret as text', [{ ...API, client_secrets: SECRET }], /no list of 1 to 5/],
    ['an empty secret', [{ ...API, client_secrets: [''] }], /orders-api has an invalid secret/],
    [
      'a short secret',
      [{ ...API, client_secrets: ['secret'] }],
      /orders-api has an invalid secret: 8 to 256/,
    ],
    ['one secret twice', [{ ...API, client_secrets: [SECRET, SECRET] }], /the same secret twice/],
    ['no permission', [{ ...API, permissions: [] }], /invalid permissions: one or more of guard, introspect/],
    ['an unknown permission', [{ ...API, permissions: ['admin'] }], /orders-api has invalid permissions/],
    ['an audience with a space', [{ ...API, audiences: ['my api'] }], /orders-api has invalid audiences/],
  ])('refuses %s', (_what, clients, message) => {
    expect(() => read(clients)).toThrow(message);
  });

  it.each([
    ['invalid JSON', `[{"client_id":"a","client_secrets":["${SECRET}"]`],
    ['an unknown member', JSON.stringify([{ ...API, admin: true }])],
    ['an invalid secret', JSON.stringify([{ ...API, client_secrets: [`${SECRET}\n`] }])],
  ])('does not repeat a secret in the message about %s', (_what, text) => {
    const start = () => readEnvironment({ LATCHKEY_CLIENTS: text }, () => Buffer.alloc(32));
    expect(start).toThrow(/^LATCHKEY_CLIENTS /);
    expect(start).not.toThrow(SECRET);
  });
});

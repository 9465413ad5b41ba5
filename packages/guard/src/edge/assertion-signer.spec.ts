import { decodeJwt } from 'jose';
import type { Principal } from '../principal.js';
import { AssertionSigner } from './assertion-signer.js';
import { generateSigningKey, type SigningKey } from './signing-key.js';

const START = Date.UTC(2026, 0, 1);

let key: SigningKey;
let now: number;
let signer: AssertionSigner;

beforeAll(async () => {
  key = await generateSigningKey();
});

beforeEach(() => {
  now = START;
  signer = new AssertionSigner(key, 'edge', () => now);
});

const principal = (changes: Partial<Principal> = {}): Principal => ({
  userId: 'u',
  sessionId: 's',
  deviceId: null,
  clientId: null,
  roles: ['admin'],
  authenticatedAt: START - 5_500,
  amr: ['pwd'],
  acr: null,
  expiresAt: START + 900_000,
  ...changes,
});

describe('AssertionSigner', () => {
  it('states the caller in the claims of the access token, and leaves out what is unknown', async () => {
    expect(decodeJwt(await signer.assertion('t', principal(), 'orders'))).toEqual({
      iss: 'edge',
      aud: 'orders',
      sub: 'u',
      sid: 's',
      roles: ['admin'],
      auth_time: START / 1000 - 6,
      amr: ['pwd'],
      iat: START / 1000,
      exp: START / 1000 + 60,
    });
  });

  it('reuses an assertion for half its life, for the same token and audience', async () => {
    const first = await signer.assertion('t', principal(), 'orders');
    now += 29_000;
    expect(await signer.assertion('t', principal(), 'orders')).toBe(first);
    expect(decodeJwt(await signer.assertion('t', principal(), 'billing')).aud).toBe('billing');
    expect(decodeJwt(await signer.assertion('t2', principal({ userId: 'v' }), 'orders')).sub).toBe('v');
    now += 1_001;
    expect(await signer.assertion('t', principal(), 'orders')).not.toBe(first);
  });

  it('never outlives the access token', async () => {
    const expiresAt = START + 10_999;
    const first = decodeJwt(await signer.assertion('t', principal({ expiresAt }), 'orders'));
    expect(first.exp).toBe(START / 1000 + 10);
    now += 5_001;
    const second = decodeJwt(await signer.assertion('t', principal({ expiresAt }), 'orders'));
    expect([second.iat, second.exp]).toEqual([START / 1000 + 5, START / 1000 + 10]);
  });
});

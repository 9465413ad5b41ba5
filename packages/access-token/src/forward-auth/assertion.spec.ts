import { readTokenKid } from '../header.js';
import { ASSERTION_TYPE, assertionClaims } from './assertion.js';

const NOW = Date.UTC(2026, 0, 1) + 999;
const iat = Date.UTC(2026, 0, 1) / 1000;
const subject = {
  userId: '019b0000-0000-7000-8000-000000000001',
  sessionId: '019b0000-0000-7000-8000-000000000002',
  deviceId: '019b0000-0000-7000-8000-000000000003',
  roles: ['admin'],
  authenticatedAt: NOW - 60_000,
  amr: ['pwd', 'mfa'],
  acr: 'aal2',
};
const input = {
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  subject,
  expiresAt: NOW + 900_000,
  now: NOW,
};

describe('assertionClaims', () => {
  it('states the caller for one minute', () => {
    expect(assertionClaims(input)).toEqual({
      iss: 'https://id.example.com',
      aud: 'https://api.example.com',
      sub: subject.userId,
      sid: subject.sessionId,
      device_id: subject.deviceId,
      roles: ['admin'],
      auth_time: iat - 60,
      amr: ['pwd', 'mfa'],
      acr: 'aal2',
      iat,
      exp: iat + 60,
    });
  });

  it('does not outlive the access token', () => {
    expect(assertionClaims({ ...input, expiresAt: (iat + 7) * 1000 }).exp).toBe(iat + 7);
  });

  it('has no device, and the class of the methods, for a token that does not say', () => {
    const claims = assertionClaims({
      ...input,
      subject: { ...subject, deviceId: null, acr: null, amr: ['pwd'] },
    });
    expect(claims).toMatchObject({ acr: 'aal1' });
    expect(claims).not.toHaveProperty('device_id');
  });
});

it('has a type that is refused as an access token', () => {
  const header = { alg: 'ES256', typ: ASSERTION_TYPE, kid: 'a' };
  const token = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.${Buffer.alloc(64).toString('base64url')}`;
  expect(() => readTokenKid(token)).toThrow();
});

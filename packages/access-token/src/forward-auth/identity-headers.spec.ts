import { validateHeaderValue } from 'node:http';
import { foreignIdentityHeader, IDENTITY_HEADERS, identityHeaders } from './identity-headers.js';

const caller = {
  userId: '019b0000-0000-7000-8000-000000000001',
  sessionId: '019b0000-0000-7000-8000-000000000002',
  deviceId: '019b0000-0000-7000-8000-000000000003',
  roles: ['admin', 'auditor'],
  authenticatedAt: Date.UTC(2026, 0, 1) + 999,
  amr: ['pwd', 'mfa'],
};

describe('identityHeaders', () => {
  it('states who the caller is', () => {
    expect(identityHeaders(caller)).toEqual({
      'latchkey-user': caller.userId,
      'latchkey-session': caller.sessionId,
      'latchkey-device': caller.deviceId,
      'latchkey-roles': 'admin,auditor',
      'latchkey-auth-time': String(Date.UTC(2026, 0, 1) / 1000),
      'latchkey-amr': 'pwd,mfa',
    });
  });

  it('has every header also if there is nothing to say', () => {
    const headers = identityHeaders({ ...caller, deviceId: null, roles: [], amr: [] });
    expect(Object.keys(headers).sort()).toEqual([...IDENTITY_HEADERS].sort());
    expect(headers).toMatchObject({ 'latchkey-device': '', 'latchkey-roles': '', 'latchkey-amr': '' });
  });

  it.each([
    'a,admin',
    ',',
    'a admin',
    'a\tadmin',
    'a\r\nLatchkey-User: x',
    'a\n',
    '\u0000',
    'é',
    'a\u2028admin',
    '',
  ])('leaves out the role %j, which a list in a header cannot express', (role) => {
    const headers = identityHeaders({ ...caller, roles: ['user', role, 'editor'], amr: [role] });
    expect(headers).toMatchObject({ 'latchkey-roles': 'user,editor', 'latchkey-amr': '' });
    for (const value of Object.values(headers)) expect(() => validateHeaderValue('x', value)).not.toThrow();
  });

  it('keeps other visible characters', () => {
    expect(identityHeaders({ ...caller, roles: ['org:Admin/eu', 'a;b=c"'] })['latchkey-roles']).toBe(
      'org:Admin/eu,a;b=c"',
    );
  });
});

describe('foreignIdentityHeader', () => {
  it.each([
    'latchkey_user',
    'Latchkey_Auth-Time',
    'latchkey-future',
    'latchkey-auth_time',
    'latchkey_passive',
  ])('finds %s, which no grant overwrites', (name) => {
    expect(foreignIdentityHeader({ accept: '*/*', [name]: 'admin' })).toBe(name);
  });

  it.each([
    ...IDENTITY_HEADERS,
    'Latchkey-Assertion',
    'latchkey-passive',
    'latchkey-touch-points',
    'x-latchkey',
  ])('does not find %s, which a grant overwrites or which is no identity', (name) => {
    expect(foreignIdentityHeader({ [name]: 'admin' })).toBeUndefined();
  });
});

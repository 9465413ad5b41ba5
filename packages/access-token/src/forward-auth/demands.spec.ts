import { InvalidDemands, parseDemands, unmetDemand } from './demands.js';

const NOW = Date.UTC(2026, 0, 1);
const NONE = { roles: [], maxAgeSeconds: null, amr: [], audience: null, redirectsToSignIn: false };
const caller = { roles: ['editor', 'auditor'], amr: ['pwd'], authenticatedAt: NOW - 300_000 };
const judge = (query: string, changes: Partial<typeof caller> = {}) =>
  unmetDemand(parseDemands(query), { ...caller, ...changes }, NOW);

describe('parseDemands', () => {
  it('reads all demands', () => {
    const query =
      'role=admin&role=auditor&max_age=300&amr=mfa&amr=hwk&audience=https%3A%2F%2Fapi.example&sign_in=1';
    expect(parseDemands(query)).toEqual({
      roles: ['admin', 'auditor'],
      maxAgeSeconds: 300,
      amr: ['mfa', 'hwk'],
      audience: 'https://api.example',
      redirectsToSignIn: true,
    });
  });

  it('demands nothing without a query', () => {
    expect(parseDemands('')).toEqual(NONE);
  });

  it.each([
    'rol=admin',
    'roles=admin',
    'Role=admin',
    'role[]=admin',
    'role =admin',
    'role',
    'role=',
    'role=admin&role=',
    'role=admin,auditor',
    'role=admin%2C',
    'role=admin+auditor',
    'role=admin%20',
    'role=admin%0d%0aX:1',
    'role=%ff',
    'role=%',
    'role=%C3%A4',
    'role=admin;max_age=1',
    'role=admin?max_age=300',
    `role=${'a'.repeat(65)}`,
    'max_age',
    'max_age=',
    'max_age=0',
    'max_age=-1',
    'max_age=1.5',
    'max_age=5m',
    'max_age=1e3',
    'max_age=0x10',
    'max_age=%20300',
    'max_age=300&max_age=300',
    'max-age=300',
    'amr',
    'amr=',
    'acr=aal2',
    'audience=a&audience=b',
    'audience=',
    'sign_in',
    'sign_in=0',
    'sign_in=true',
    'sign_in=1&sign_in=1',
    'constructor=1',
    '__proto__=1',
    'x',
    '%',
  ])('refuses %j', (query) => {
    expect(() => parseDemands(query)).toThrow(InvalidDemands);
  });
});

describe('unmetDemand', () => {
  it('is null if nothing is demanded', () => {
    expect(judge('')).toBeNull();
  });

  it('accepts any of several roles, and refuses all others', () => {
    expect(judge('role=admin&role=auditor')).toBeNull();
    expect(judge('role=admin')).toEqual({ code: 'insufficient_role' });
    expect(judge('role=audit')).toEqual({ code: 'insufficient_role' });
    expect(judge('role=admin', { roles: [] })).toEqual({ code: 'insufficient_role' });
  });

  it('requires all of several methods', () => {
    const mfa = { amr: ['pwd', 'mfa'] };
    expect([judge('amr=mfa', mfa), judge('amr=mfa&amr=pwd', mfa)]).toEqual([null, null]);
    expect(judge('amr=mfa&amr=hwk', mfa)).toEqual({
      code: 'insufficient_user_authentication',
      amr: ['mfa', 'hwk'],
      acrValues: 'aal2',
    });
    expect(judge('amr=hwk')).toMatchObject({ acrValues: null });
  });

  it('accepts a login until the instant at which it is too old', () => {
    expect(judge('max_age=300')).toBeNull();
    const unmet = { code: 'reauthentication_required', maxAgeSeconds: 300 };
    expect(judge('max_age=300', { authenticatedAt: NOW - 300_001 })).toEqual(unmet);
  });

  it('names the missing role first, which no login can bring', () => {
    expect(judge('role=admin&amr=mfa&max_age=1')).toEqual({ code: 'insufficient_role' });
    expect(judge('amr=mfa&max_age=1')).toMatchObject({ code: 'insufficient_user_authentication' });
  });
});

import { normaliseEmail } from './email-address.js';

const INVALID = expect.objectContaining({ code: 'validation_failed' });

describe('normaliseEmail', () => {
  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['JÖRG@müller.example', 'jörg@müller.example'],
    ['jo\u0308rg@example.org', 'jörg@example.org'],
    ['ada+shop@example.org', 'ada+shop@example.org'],
    ['a.d.a@gmail.com', 'a.d.a@gmail.com'],
    ['İ@example.org', 'i\u0307@example.org'],
    ['ΟΔΟΣ@example.org', 'οδος@example.org'],
    ['"a@b"@example.org', '"a@b"@example.org'],
  ])('takes %s as %s, and stays there', (address, key) => {
    expect(normaliseEmail(address)).toBe(key);
    expect(normaliseEmail(key)).toBe(key);
  });

  it.each([
    '',
    '@',
    'ada',
    '@example.org',
    'ada@',
    ' ada@example.org',
    'ada@example.org\n',
    'a da@example.org',
    'ada\0@example.org',
    'ada\u200b@example.org',
    'ada\u202e@example.org',
    'ada\ud800@example.org',
    'ada\u0378@example.org',
  ])('refuses %j', (address) => {
    expect(() => normaliseEmail(address)).toThrow(INVALID);
  });

  it('takes 254 octets and no more', () => {
    const domain = `@${'sub.'.repeat(47)}example.org`;
    const longest = 'a'.repeat(254 - domain.length) + domain;
    expect(normaliseEmail(longest)).toHaveLength(254);
    expect(() => normaliseEmail(`a${longest}`)).toThrow(INVALID);
    expect(() => normaliseEmail(`ä${longest.slice(1)}`)).toThrow(INVALID);
  });
});

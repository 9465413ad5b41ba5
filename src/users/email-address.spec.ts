import { emailSpelling, normaliseEmail } from './email-address.js';

const INVALID = expect.objectContaining({ code: 'validation_failed' });

describe('normaliseEmail', () => {
  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['JÖRG@müller.example', 'jörg@xn--mller-kva.example'],
    ['jo\u0308rg@example.org', 'jörg@example.org'],
    ['ada+shop@example.org', 'ada+shop@example.org'],
    ['a.d.a@gmail.com', 'a.d.a@gmail.com'],
    ['İ@example.org', 'i\u0307@example.org'],
    ['ΟΔΟΣ@example.org', 'οδος@example.org'],
    ['"a@b"@example.org', '"a@b"@example.org'],
    [' ada@example.org', 'ada@example.org'],
    ['\ufeff\u200bada@example.org\u00a0\r\n', 'ada@example.org'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BU\u0308CHER.example', 'ada@xn--bcher-kva.example'],
    ['ada@XN--BCHER-KVA.EXAMPLE', 'ada@xn--bcher-kva.example'],
    ['dan@例え。テスト', 'dan@xn--r8jz45g.xn--zckzah'],
    ['ada@ｅｘａｍｐｌｅ.org', 'ada@example.org'],
    ['ada@faß.example', 'ada@xn--fa-hia.example'],
    ['"Ada"@example.org', 'ada@example.org'],
    ['"a\\d\\.a"@bücher.example', 'ad.a@xn--bcher-kva.example'],
    ['"a..b"@example.org', '"a..b"@example.org'],
    ['"a\\@b"@example.org', '"a@b"@example.org'],
    ['"a\\"b\\\\"@example.org', '"a\\"b\\\\"@example.org'],
    ['""@example.org', '""@example.org'],
    ['ada@127.1', 'ada@127.1'],
  ])('normalises %s to %s, which it does not change again', (address, key) => {
    expect(normaliseEmail(address)).toBe(key);
    expect(normaliseEmail(key)).toBe(key);
  });

  it.each([
    '',
    '@',
    'ada',
    '@example.org',
    'ada@',
    'ada@bücher.example/evil',
    'ada@bücher.example:80',
    'ada@b%C3%BCcher.example\u00e4%41',
    'ada@-ü-.example\u{1f4a9}:',
    'a da@example.org',
    'ada\0@example.org',
    'ada\u200b@example.org',
    'ada\u202e@example.org',
    'ada\ud800@example.org',
    'ada\u0378@example.org',
  ])('refuses %j', (address) => {
    expect(() => normaliseEmail(address)).toThrow(INVALID);
  });

  it('accepts at most 254 octets', () => {
    const domain = `@${'sub.'.repeat(47)}example.org`;
    const longest = 'a'.repeat(254 - domain.length) + domain;
    expect(normaliseEmail(longest)).toHaveLength(254);
    expect(() => normaliseEmail(`a${longest}`)).toThrow(INVALID);
    expect(() => normaliseEmail(`ä${longest.slice(1)}`)).toThrow(INVALID);
  });
});

describe('emailSpelling', () => {
  it.each([
    [' Ada@Bücher.example', 'ada@bücher.example'],
    ['"Ada"@XN--BCHER-KVA.example', '"ada"@xn--bcher-kva.example'],
  ])('reads %j as %s', (address, spelling) => {
    expect(emailSpelling(address)).toBe(spelling);
  });
});

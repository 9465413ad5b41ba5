import { instantText, quoted } from './detail-text.js';

describe('quoted', () => {
  it.each([
    ['Chrome on macOS 14.5', 'Chrome on macOS 14.5'],
    ['call https://evil.example/now', 'call https evil example/now'],
    ['evil.example', 'evil example'],
    ['mail thief@evil.example', 'mail thief evil example'],
    ['a\r\nBcc: b', 'a Bcc: b'],
    ['left\u202eright\u200b', 'left right'],
    ['x'.repeat(500), 'x'.repeat(80)],
    ['<b>', '<b>'],
  ])('turns %j into %j', (said, line) => {
    expect(quoted(said)).toBe(line);
  });
});

describe('instantText', () => {
  it.each([
    ['Europe/Berlin', '24 November 2026 at 11:34 GMT+1 (10:34 UTC)'],
    ['Asia/Kolkata', '24 November 2026 at 16:04 GMT+5:30 (10:34 UTC)'],
    ['Pacific/Auckland', '24 November 2026 at 23:34 GMT+13 (10:34 UTC)'],
    ['Europe/London', '24 November 2026 at 10:34 UTC'],
    ['Mars/Olympus_Mons', '24 November 2026 at 10:34 UTC'],
    [null, '24 November 2026 at 10:34 UTC'],
  ])('is the time at the place in %s, whatever the zone of the server', (timeZone, text) => {
    expect(instantText(new Date('2026-11-24T10:34:56Z'), timeZone, 'en-GB')).toBe(text);
  });

  it('is written as in the language of the mail', () => {
    const text = instantText(new Date('2026-11-24T10:34:56Z'), 'Europe/Berlin', 'de');
    expect(text).toBe('24. November 2026 um 11:34 GMT+1 (10:34 UTC)');
  });
});

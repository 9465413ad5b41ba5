import { escapeHtml, instantText, quoted } from './mail-text.js';

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
  ])('makes of %j the line %j', (said, line) => {
    expect(quoted(said)).toBe(line);
  });
});

describe('escapeHtml', () => {
  it('leaves nothing that opens or closes a tag or an attribute', () => {
    expect(escapeHtml(`<img src="x" onerror='y'>&amp;`)).toBe(
      '&#60;img src=&#34;x&#34; onerror=&#39;y&#39;&#62;&#38;amp;',
    );
  });
});

describe('instantText', () => {
  it('is the same wherever it is written', () => {
    expect(instantText(new Date('2026-11-24T10:34:56Z'))).toBe('24 November 2026, 10:34 UTC');
  });
});

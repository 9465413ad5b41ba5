import { cookieValues } from './cookie-values.js';

describe('cookieValues', () => {
  it.each([
    ['no header', undefined, []],
    ['an empty header', '', []],
    ['other names', 'language=de; other_token=1; token2=2', []],
    ['one value', 'token=a', ['a']],
    ['an empty value', 'token=', ['']],
    ['a value with "="', 'token=a=b', ['a=b']],
    ['every value of the name', 'token=a; other=x; token=b', ['a', 'b']],
    ['spaces and tabs around a pair', ' \t token=a\t ;\ttoken=b ', ['a', 'b']],
    ['spaces inside a value', 'token=a b', ['a b']],
    ['only spaces', '  ;token=a;\t', ['a']],
    ['a no-break space before the name, which is part of that name', '\u00a0token=a', []],
    ['a no-break space after the value', 'token=a\u00a0', ['a\u00a0']],
  ])('reads %s', (_description, header, values) => {
    expect(cookieValues(header, 'token')).toEqual(values);
  });

  it('takes linear time for a long run of spaces', () => {
    // Quadratic time would be minutes.
    const spaces = ' '.repeat(1_000_000);
    expect(cookieValues(`a${spaces}b; token=c${spaces}d`, 'token')).toEqual([`c${spaces}d`]);
  });
});

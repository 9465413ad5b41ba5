import { shownEmail } from './address-text.js';

describe('shownEmail', () => {
  it.each([
    ['ada@xn--bcher-kva.example', 'ada@bücher.example'],
    ['xn--ada@example.org', 'xn--ada@example.org'],
    ['ada@bücher.example', 'ada@bücher.example'],
    ['ada@xn--0.example', 'ada@xn--0.example'],
    ['ada@127.1', 'ada@127.1'],
  ])('shows %s as %s', (email, shown) => {
    expect(shownEmail(email)).toBe(shown);
  });
});

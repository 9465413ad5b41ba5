import { shownUrl } from './shown-url.js';

describe('the URL that a start prints', () => {
  it.each([
    ['http://127.0.0.1:3000', 'http://localhost:3000', 'http://localhost:3000'],
    ['http://[::1]:3001', 'http://localhost:3000', 'http://localhost:3001'],
    ['http://127.0.0.1:3000', 'http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
    ['http://127.0.0.1:3000', 'https://id.example.com', 'http://127.0.0.1:3000'],
    ['http://192.0.2.1:3000', 'http://localhost:3000', 'http://192.0.2.1:3000'],
  ])('is, for a service at %s with the origin %s, %s', (listening, origin, shown) => {
    expect(shownUrl(listening, origin)).toBe(shown);
  });
});

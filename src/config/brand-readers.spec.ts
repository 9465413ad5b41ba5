import { readEnvironment } from './environment.js';

const read = (env: Record<string, string>) => readEnvironment(env, () => Buffer.alloc(32));

describe('the settings of the brand', () => {
  it('are not set by default', () => {
    expect(read({}).brand).toEqual({ name: null, logo: null, color: null, url: null });
  });

  it('name the sender of mails, too', () => {
    const { brand, mail } = read({
      BRAND_NAME: 'Müller & Söhne',
      BRAND_COLOR: '#7A1FA2',
      BRAND_URL: 'https://app.example.com',
    });
    expect(brand).toEqual({
      name: 'Müller & Söhne',
      logo: null,
      color: '#7a1fa2',
      url: 'https://app.example.com/',
    });
    expect(mail.from).toBe('Müller & Söhne <no-reply@localhost>');
  });

  it.each([
    ['BRAND_NAME', 'a\nb', 'must be 1 to 40 characters, without <, >, @, " and \\'],
    ['BRAND_NAME', '<b>', 'must be 1 to 40 characters, without <, >, @, " and \\'],
    ['BRAND_NAME', ' ', 'must be 1 to 40 characters, without <, >, @, " and \\'],
    ['BRAND_NAME', 'x'.repeat(41), 'must be 1 to 40 characters, without <, >, @, " and \\'],
    ['BRAND_COLOR', 'purple', 'must be a colour such as #1a56c4'],
    ['BRAND_COLOR', '#fff', 'must be a colour such as #1a56c4'],
    ['BRAND_COLOR', '#123456;}', 'must be a colour such as #1a56c4'],
    ['BRAND_URL', 'javascript:alert(1)', 'must be a URL that starts with https:// or http://'],
    ['BRAND_URL', 'https://user:pass@example.com', 'must be a URL that starts with https:// or http://'],
    ['BRAND_URL', 'app.example.com', 'must be a URL that starts with https:// or http://'],
  ])('refuse %s=%j', (name, value, fault) => {
    expect(() => read({ [name]: value })).toThrow(`${name} ${fault}`);
  });
});

import { type HttpTestApp, startHttpTestApp } from '../../support/http-test-app.js';
import { type RawAnswer, sendRaw } from '../../support/raw-http.js';

/** Far longer than a response takes (milliseconds), far shorter than a hang. */
const GENEROUS_MS = 1_000;
const UUID = '0190a000-0000-7000-8000-000000000001';

let testApp: HttpTestApp;

beforeAll(async () => {
  testApp = await startHttpTestApp();
});

afterAll(() => testApp.app.close());

function post(path: string, body: string | Buffer, contentType: string | null = 'application/json') {
  return request('POST', path, body, contentType);
}

async function request(
  method: string,
  path: string,
  body: string | Buffer = '',
  contentType: string | null = 'application/json',
): Promise<RawAnswer> {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8');
  const type = contentType === null ? '' : `Content-Type: ${contentType}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\n${type}Content-Length: ${bytes.length}\r\n\r\n`;
  return timed(Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
}

async function timed(bytes: string | Buffer): Promise<RawAnswer> {
  const start = performance.now();
  const answer = await sendRaw(testApp.port, bytes, 40);
  expect(performance.now() - start).toBeLessThan(GENEROUS_MS);
  return answer;
}

function expectProblem(answer: RawAnswer, status: number, code: string) {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: expect.any(String) });
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, type: `/docs/errors#${code}` });
}

const good = { email: 'ada@example.com', password: 'correct horse' };
const bodies = {
  '/auth/register': good,
  '/auth/login': { ...good, device_token: 'dt_x', device_name: 'Laptop' },
  '/auth/refresh': { refresh_token: 'rt_x' },
} as const;

describe('a request body', () => {
  it.each(Object.entries(bodies))('is accepted by %s if valid', async (path, body) => {
    expect((await post(path, JSON.stringify(body))).status).toBeLessThan(300);
  });

  const fields = Object.entries(bodies).flatMap(([path, body]) =>
    Object.keys(body).map((field) => [path, field, body] as const),
  );

  describe.each(fields)('%s %s', (path, field, body) => {
    const withValue = (json: string) =>
      JSON.stringify({ ...body, [field]: '@' }).replace(`"${field}":"@"`, `"${field}":${json}`);

    it.each([
      ['NUL', '"a\\u0000b"'],
      ['a lone high surrogate', '"a\\ud800b"'],
      ['a lone low surrogate', '"a\\udc00b"'],
      ['a raw NUL', '"a\0b"'],
      ['a raw line break', '"a\r\nb"'],
      ['deep nesting', `${'['.repeat(8_000)}${']'.repeat(8_000)}`.slice(0, 16_000)],
      ['a prototype', '{"__proto__":{"admin":true}}'],
      ['an escaped prototype', '{"\\u005f_proto__":{"admin":true}}'],
      ['a constructor prototype', '{"constructor":{"prototype":{"admin":true}}}'],
    ])('refuses %s as malformed', async (_, json) => {
      expectProblem(await post(path, withValue(json)), 400, 'malformed_body');
    });

    it.each([
      ['CRLF', '"a\\r\\nb"'],
      ['an escape code', '"a\\u001b[31mb"'],
      ['a C1 control', '"a\\u009b31mb"'],
      ['a number', '1'],
      ['true', 'true'],
      ['an object', '{}'],
      ['an object with toString', '{"toString":1}'],
      ['an array', '["a"]'],
      ['5,000 characters', `"${'a'.repeat(5_000)}"`],
    ])('refuses %s as invalid', async (_, json) => {
      const answer = await post(path, withValue(json));
      expectProblem(answer, 400, 'validation_failed');
      expect(JSON.parse(answer.body).errors).toEqual([{ field, message: expect.any(String) }]);
    });

    it('refuses invalid UTF-8', async () => {
      const [before = '', after = ''] = withValue('"@"').split('@"', 2) as [string, string];
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28]), Buffer.from(`"${after}`)]);
      expectProblem(await post(path, bytes), 400, 'malformed_body');
    });

    it('refuses a duplicate field', async () => {
      const text = JSON.stringify(body).replace('{', `{"${field}":"first",`);
      expectProblem(await post(path, text), 400, 'malformed_body');
    });

    it('refuses 10 MB', async () => {
      expectProblem(await post(path, withValue(`"${'a'.repeat(10_000_000)}"`)), 413, 'body_too_large');
    });
  });

  it.each(['role', 'status', 'roles', 'toString', 'hasOwnProperty', 'id'])(
    'refuses the unknown field %s in a registration',
    async (field) => {
      const answer = await post('/auth/register', JSON.stringify({ ...good, [field]: 'admin' }));
      expectProblem(answer, 400, 'validation_failed');
      expect(JSON.parse(answer.body).errors).toEqual([{ field, message: 'is not known' }]);
    },
  );

  it('refuses 100,000 levels of nesting', async () => {
    expectProblem(await post('/auth/login', '{"a":'.repeat(100_000)), 413, 'body_too_large');
    expectProblem(await post('/auth/login', '['.repeat(100_000)), 413, 'body_too_large');
  });

  it('may begin with a byte order mark', async () => {
    expect((await post('/auth/login', `\ufeff${JSON.stringify(good)}`)).status).toBe(200);
  });

  it.each(['null', '[]', '"x"', '1', 'true'])(
    'that is %s gets an answer that names an object',
    async (body) => {
      for (const path of ['/auth/login', '/auth/refresh', '/auth/logout', '/auth/register']) {
        const answer = await post(path, body);
        expectProblem(answer, 400, 'malformed_body');
        expect(JSON.parse(answer.body).detail).toBe('The body must be a JSON object.');
      }
    },
  );

  it.each([' ', '\t', '\r\n', '\u00a0', '\u200b', '\ufeff'])(
    'may have %j around an email address',
    async (space) => {
      const email = `${space}${good.email}${space}`;
      expect((await post('/auth/login', JSON.stringify({ ...good, email }))).status).toBe(200);
    },
  );

  it.each([
    ['an empty array', '[]'],
    ['an array with an object', JSON.stringify([good])],
    ['null', 'null'],
    ['a string', '"x"'],
    ['two byte order marks', `\ufeff\ufeff${JSON.stringify(good)}`],
    ['half an object', '{"email":'],
    ['two objects', '{}{}'],
    ['a comment', '{/**/}'],
  ])('refuses %s', async (_, body) => {
    expectProblem(await post('/auth/login', body), 400, 'malformed_body');
  });

  it('is accepted with a charset parameter and in any letter case of the content type', async () => {
    const body = JSON.stringify(good);
    expect((await post('/auth/login', body, 'application/json; charset=utf-8')).status).toBe(200);
    expect((await post('/auth/login', body, 'Application/JSON')).status).toBe(200);
  });

  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/problem+json'],
    ['application/jsonp'],
    ['nonsense'],
    [null],
  ])('refuses the content type %s', async (type) => {
    expectProblem(await post('/auth/login', JSON.stringify(good), type), 415, 'unsupported_media_type');
    expectProblem(await post('/auth/login', 'a'.repeat(10_000_000), type), 415, 'unsupported_media_type');
  });

  it('may be empty if none is required, whatever the content type', async () => {
    expect((await post('/auth/logout', '')).status).toBe(204);
    expect((await post('/auth/logout', '', null)).status).toBe(204);
    expect((await post('/auth/logout', '', 'text/plain')).status).toBe(204);
    expect((await request('DELETE', `/devices/${UUID}`)).status).toBe(204);
  });

  it('is required where the route needs one', async () => {
    expectProblem(await post('/auth/login', ''), 400, 'validation_failed');
    expectProblem(await post('/auth/login', '', null), 400, 'validation_failed');
  });

  it('is never echoed in a response', async () => {
    const answer = await post(
      '/auth/login',
      JSON.stringify({ email: 'hunter2', password: 1, hunter3: 'hunter4' }),
    );
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.body).not.toContain('hunter2');
    expect(answer.body).not.toContain('hunter4');
  });

  it.each(['', 'Connection: close\r\n'])(
    'is refused while the client is still sending it (%j)',
    async (header) => {
      const body = 'a'.repeat(10_000_000);
      for (const type of ['application/json', 'text/plain']) {
        const head = `POST /auth/login HTTP/1.1\r\nHost: x\r\n${header}Content-Type: ${type}\r\n`;
        const answer = await timed(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
        expect(answer.status).toBe(type === 'text/plain' ? 415 : 413);
        expect(answer.closed).toBe(header !== '');
      }
    },
  );

  it('is refused if too large in chunked encoding as well', async () => {
    const chunk = `${(65_536).toString(16)}\r\n${'a'.repeat(65_536)}\r\n`;
    const head = 'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    const answer = await timed(`${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(160)}0\r\n\r\n`);
    expectProblem(answer, 413, 'body_too_large');
  });
});

describe('passwords', () => {
  it.each([
    'p',
    ' leading and trailing ',
    '\u{1f600}'.repeat(64),
    'ёжик в тумане',
    'e\u0301',
    'a'.repeat(1024),
  ])('reach the handler unchanged (%#)', async (password) => {
    const answer = await post('/auth/register', JSON.stringify({ ...good, password }));
    expect(JSON.parse(Buffer.from(answer.body, 'latin1').toString('utf8')).password).toBe(password);
  });
});

describe('query parameters', () => {
  it.each(['_=1732700000000', 'limit=5&_=1', '_=1&_=2', '_='])(
    'may contain a cache buster: %s',
    async (query) => {
      expect((await request('GET', `/sessions?${query}`)).status).toBe(200);
      expect((await request('DELETE', `/devices?${query.replace('limit=5&', '')}`)).status).toBe(204);
    },
  );

  it.each([
    'limit=-1',
    'limit=0',
    'limit=1e9',
    'limit=101',
    'limit=x',
    'limit=',
    'limit=%00',
    'limit=%ff',
    'limit=1&limit=2',
    'limit[]=1',
    'id[]=1',
    'limit[a]=1',
    '__proto__=1',
    '__proto__[admin]=1',
    'constructor=1',
    'constructor[prototype][admin]=1',
    'toString=1',
    `${'a'.repeat(8_000)}=1`,
  ])('refuse %.40s', async (query) => {
    expectProblem(await request('GET', `/sessions?${query}`), 400, 'validation_failed');
  });

  it.each(['except=all', 'except=current&except=current', 'except[]=current', 'exept=current'])(
    'refuse %s instead of signing out every device',
    async (query) => {
      expectProblem(await request('DELETE', `/devices?${query}`), 400, 'validation_failed');
    },
  );

  it('are accepted if valid', async () => {
    expect((await request('GET', '/sessions?limit=5')).body).toBe('{"limit":5}');
    expect((await request('DELETE', '/devices?except=current')).status).toBe(204);
  });
});

describe('ids in the path', () => {
  const unknown = () => request('DELETE', '/nowhere');

  it.each([
    'x',
    '1',
    '%00',
    '%0d%0aSet-Cookie:%20a=b',
    '%ED%A0%80x'.replace('%ED%A0%80', 'lone'),
    '__proto__',
    'constructor',
    "'; DROP TABLE users; --".replaceAll(' ', '%20'),
    `${UUID}%00`,
    `${UUID}0`,
    'a'.repeat(1_000),
    '..%2f..%2fetc',
  ])('answer %.40s like any unknown id', async (id) => {
    const answer = await request('DELETE', `/devices/${id}`);
    expectProblem(answer, 404, 'not_found');
    expect(answer.body).toBe((await unknown()).body);
  });

  it.each(['%ff', '%E0%A4%A', '%', '%ED%A0%80'])('refuse the invalid encoding %s', async (id) => {
    expectProblem(await request('DELETE', `/devices/${id}`), 400, 'malformed_request');
  });

  it('are case-insensitive', async () => {
    const answer = await request('PATCH', `/devices/${UUID.toUpperCase()}`, '{"name":"Phone"}');
    expect(JSON.parse(answer.body)).toEqual({ id: UUID, name: 'Phone' });
  });

  it('are refused if longer than any id', async () => {
    expectProblem(await request('DELETE', `/devices/${'a'.repeat(2_000)}`), 414, 'uri_too_long');
  });
});

describe('routes', () => {
  it('answer 404 if the path is unknown', async () => {
    expectProblem(await request('GET', '/nowhere'), 404, 'not_found');
    expectProblem(await request('GET', '/Auth/me'), 404, 'not_found');
  });

  it('answer 405 to an unsupported method and list the supported ones', async () => {
    const answer = await request('PUT', `/devices/${UUID}`);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.allow).toBe('DELETE, PATCH');
  });
});

describe('headers and the request line', () => {
  const get = 'GET /auth/me HTTP/1.1\r\nHost: x\r\n';
  const login = 'POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  it.each([
    ['NUL in a header', `${get}User-Agent: a\0b\r\n\r\n`],
    ['NUL in a header name', `${get}User\0Agent: b\r\n\r\n`],
    ['a bare CR in a header', `${get}User-Agent: a\rb\r\n\r\n`],
    ['a bare LF in a header', `${get}User-Agent: a\nb\r\n\r\n`],
    ['an escape code in a header', `${get}User-Agent: a\x1b[31mb\r\n\r\n`],
    ['a folded header', `${get} User-Agent: a\r\n\r\n`],
    ['a space before the colon', `${get}User-Agent : a\r\n\r\n`],
    ['NUL in the path', 'GET /devices/\0 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a space in the path', 'GET /a b HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'FETCH /auth/me HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an unknown version', 'GET /auth/me HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['TLS', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'both lengths',
      `${login}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n`,
    ],
    [
      'both lengths, the other way round',
      `${login}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
    ],
    ['two Content-Length headers', `${login}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a list of Content-Length values', `${login}Content-Length: 2, 2\r\n\r\n{}`],
    ['a negative Content-Length', `${login}Content-Length: -2\r\n\r\n{}`],
    ['a signed Content-Length', `${login}Content-Length: +2\r\n\r\n{}`],
    ['a hexadecimal Content-Length', `${login}Content-Length: 0x2\r\n\r\n{}`],
    ['an obfuscated Transfer-Encoding', `${login}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunked encoding that is not last', `${login}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    [
      'two Transfer-Encoding headers',
      `${login}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
    ],
    ['a malformed chunk', `${login}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['a chunk with bare LF line ends', `${login}Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n`],
    ['a chunk longer than its stated size', `${login}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
  ])('refuse %s and close the connection', async (_, bytes) => {
    const answer = await timed(bytes);
    expectProblem(answer, 400, 'malformed_request');
    expect(answer.closed).toBe(true);
    // The rest was not parsed as another request.
    expect(answer.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('refuse a request without Host', async () => {
    expectProblem(await timed('GET /auth/me HTTP/1.1\r\n\r\n'), 400, 'malformed_request');
  });

  it.each([
    ['one header of 10 MB', `${get}X-Big: ${'a'.repeat(10_000_000)}\r\n\r\n`],
    ['a token of 10 MB', `${get}Authorization: Bearer ${'a'.repeat(10_000_000)}\r\n\r\n`],
    ['a path of 10 MB', `GET /${'a'.repeat(10_000_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['100,000 headers', `${get}${'a: b\r\n'.repeat(100_000)}\r\n`],
  ])('refuse %s', async (_, bytes) => {
    const answer = await timed(bytes);
    expectProblem(answer, 431, 'headers_too_large');
    expect(answer.closed).toBe(true);
  });

  it('reach a handler if unusual but legal', async () => {
    expect((await timed(`${get}User-Agent: \xff\xfe\x9b31m\r\n\r\n`)).status).toBe(200);
    expect((await timed('GET http://x/auth/me HTTP/1.1\r\nHost: x\r\n\r\n')).status).toBe(200);
    expect((await timed(`${get}X-Forwarded-For: nonsense\r\n\r\n`)).status).toBe(200);
  });

  it('are not echoed as response headers', async () => {
    const answer = await timed(`${get}X-Request-Id: a%0d%0aSet-Cookie: b\r\n\r\n`);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('use the request id of the client if it is harmless', async () => {
    expect((await timed(`${get}X-Request-Id: gw-1.2_3\r\n\r\n`)).headers['x-request-id']).toBe('gw-1.2_3');
  });
});

import { isEnded, isStale, problemIn, refusalIn } from './problem.js';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers });
const refusal = async (status: number, body: object | string, headers = {}) =>
  (await refusalIn(answer(status, typeof body === 'string' ? body : JSON.stringify(body), headers)))?.code;

describe('an answer', () => {
  it.each(['invalid_token', 'token_stale', 'session_revoked', 'session_expired'])(
    'refuses the session or its token with %s',
    async (code) => expect(await refusal(401, { code })).toBe(code),
  );

  it.each([
    ['a server that is down', 503, { code: 'service_unavailable' }],
    ['a proxy', 502, '<html>'],
    ['a proxy with a 401 of its own', 401, '<html>'],
    ['a wrong password', 401, { code: 'invalid_credentials' }],
    ['a missing role', 403, { code: 'insufficient_role' }],
    ['a success', 200, { code: 'session_revoked' }],
  ])('of %s says nothing about the session', async (_, status, body) => {
    expect(await refusal(status, body)).toBeUndefined();
  });

  it('of a resource server with another library refuses the token in its challenge (RFC 6750)', async () => {
    const challenge = { 'www-authenticate': 'Bearer realm="orders", error="invalid_token"' };
    expect(await refusal(401, '', challenge)).toBe('invalid_token');
  });

  it('is still readable after it was judged', async () => {
    const response = answer(401, '{"code":"token_stale"}');
    await refusalIn(response);
    expect(await response.json()).toEqual({ code: 'token_stale' });
  });

  it('carries the reason and the time to wait', () => {
    const response = answer(401, '', { 'retry-after': '7' });
    const problem = problemIn(response, '{"code":"session_revoked","reason":"terminated","detail":"Gone."}');
    expect(problem).toMatchObject({ reason: 'terminated', retryAfterSeconds: 7, message: 'Gone.' });
  });

  it('is about the end of a session or about a token, never both', () => {
    for (const code of ['invalid_token', 'session_revoked', 'invalid_grant']) {
      const problem = problemIn(answer(401, ''), JSON.stringify({ code }));
      expect(problem && isEnded(problem) !== isStale(problem)).toBe(true);
    }
  });
});

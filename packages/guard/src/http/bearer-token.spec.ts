import { readBearerToken } from './bearer-token.js';
import { takeUpgradeToken } from './upgrade-token.js';

const withHeaders = (...rawHeaders: string[]) => {
  const headers: Record<string, string> = {};
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers[rawHeaders[at]?.toLowerCase() ?? ''] ??= rawHeaders[at + 1] ?? '';
  return { headers, rawHeaders };
};
const invalid = expect.objectContaining({ code: 'invalid_token' });

describe('readBearerToken', () => {
  it.each(['Bearer a.b.c', 'bearer a.b.c', 'BEARER  a.b.c'])('reads %j', (value) => {
    expect(readBearerToken(withHeaders('Authorization', value))).toBe('a.b.c');
  });

  it.each(['Basic a.b.c', 'a.b.c', 'Bearer', 'Bearera.b.c', ''])('refuses %j', (value) => {
    expect(() => readBearerToken(withHeaders('Authorization', value))).toThrow(invalid);
  });

  it('refuses a request without or with several Authorization headers', () => {
    expect(() => readBearerToken(withHeaders())).toThrow(invalid);
    const twice = withHeaders('Authorization', 'Bearer a.b.c', 'authorization', 'Bearer d.e.f');
    expect(() => readBearerToken(twice)).toThrow(invalid);
  });
});

describe('takeUpgradeToken', () => {
  const PROTOCOL = 'Sec-WebSocket-Protocol';

  it('prefers the Authorization header', () => {
    const request = withHeaders('Authorization', 'Bearer a.b.c', PROTOCOL, 'chat, latchkey.bearer.d.e.f');
    expect(takeUpgradeToken(request)).toBe('a.b.c');
    expect(request.headers['sec-websocket-protocol']).toBe('chat');
  });

  it('takes the token out of the subprotocols', () => {
    const request = withHeaders(PROTOCOL, 'latchkey.bearer.a.b.c,chat');
    expect(takeUpgradeToken(request)).toBe('a.b.c');
    expect(request.headers['sec-websocket-protocol']).toBe('chat');
  });

  it('leaves no empty list of subprotocols behind', () => {
    const request = withHeaders(PROTOCOL, 'latchkey.bearer.a.b.c');
    takeUpgradeToken(request);
    expect(request.headers).toEqual({});
  });

  it.each(['chat', '', 'latchkey.bearer.a.b.c, latchkey.bearer.d.e.f'])('refuses %j', (offered) => {
    expect(() => takeUpgradeToken(withHeaders(PROTOCOL, offered))).toThrow(invalid);
  });
});

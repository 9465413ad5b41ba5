import type { Guard, StreamEnd } from '@latchkey/guard';
import { waitUntil } from '../support/wait-until.js';
import { codeOf } from './code-of.js';
import { ConnectedGuards } from './connected-guards.js';
import { ProtocolService } from './protocol-service.js';

let service: ProtocolService;
let guards: ConnectedGuards;

beforeEach(async () => {
  service = await ProtocolService.start();
  guards = new ConnectedGuards(service);
});

afterEach(async () => {
  await guards.close();
});

/** Until then, a token that was verified before is answered from memory. */
const leaseEnds = (guard: Guard, token: string) =>
  waitUntil('the lease ends', async () => {
    const checked = guard.check(token);
    await Promise.allSettled([checked]);
    return checked instanceof Promise;
  });

describe('a guard', () => {
  it('connects again when its parent was restarted, and learns what was revoked meanwhile', async () => {
    const guard = await guards.connect();
    const [token, other] = [await service.token(), await service.token()];
    const [{ sessionId }] = [await guard.check(token), await guard.check(other)];
    const port = await service.die();
    await service.revoke([{ sessionId, reason: 'logout' }]);
    await service.listen(port);
    await waitUntil('the guard connects', () => service.guards === 1, { timeoutMs: 30_000 });
    await guard.ready();
    await waitUntil(
      'the revoked session is refused',
      async () => (await codeOf(() => guard.check(token))) === 'session_revoked',
    );
    expect(await codeOf(() => guard.check(other))).toBe('granted');
    await service.die();
  });

  it('connects to another instance when its parent dies, and never loses its lease', async () => {
    const other = await ProtocolService.start();
    for (const [kid, key] of service.keys) other.keys.set(kid, key);
    const guard = await guards.connect({ service: [service.url, other.url] });
    const token = await service.token();
    await guard.check(token);
    const [parent, next] = service.guards === 1 ? [service, other] : [other, service];
    await parent.die();
    const isConnected = waitUntil('the guard connects', () => next.guards === 1);
    while (next.guards === 0) {
      expect(guard.check(token)).not.toBeInstanceOf(Promise);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await isConnected;
    await guard.close();
    await next.die();
  });

  it('answers 503 once its lease is over and no parent can be reached', async () => {
    const guard = await guards.connect();
    const token = await service.token();
    await guard.check(token);
    await service.die();
    expect(await codeOf(() => guard.check(token))).toBe('granted');
    await waitUntil(
      'the lease ends',
      async () => (await codeOf(() => guard.check(token))) === 'service_unavailable',
    );
    await expect(guard.check(token)).rejects.toMatchObject({ status: 503 });
  });

  it('is configured to allow: grants until the token expires, but no session that is known to have ended', async () => {
    const guard = await guards.connect({ whenUnreachable: 'allow' });
    const [token, ended] = [await service.token(), await service.token()];
    const { sessionId } = await guard.check(ended);
    await service.revoke([{ sessionId, reason: 'logout' }]);
    await service.die();
    await leaseEnds(guard, token);
    expect(await codeOf(() => guard.check(token))).toBe('granted');
    expect(await codeOf(() => guard.check(ended))).toBe('session_revoked');
    const expired = await service.token({ exp: 1 });
    expect(await codeOf(() => guard.check(expired))).toBe('invalid_token');
  });

  it('holds no revoke back once it is closed', async () => {
    const guard = await guards.connect();
    const { sessionId } = await guard.check(await service.token());
    await guard.close();
    await service.revoke([{ sessionId, reason: 'logout' }]);
    expect(await codeOf(async () => guard.check(await service.token()))).toBe('service_unavailable');
    await service.die();
  });

  it('reports that it cannot reach the service', async () => {
    await guards.connect();
    await service.die();
    await waitUntil('the report', () =>
      guards.errors.some((error) => String(error).includes('ECONNREFUSED')),
    );
  });
});

describe('without a lease', () => {
  it('streams are closed', async () => {
    const guard = await guards.connect();
    const ends: StreamEnd[] = [];
    guard.openStream(await guard.check(await service.token()), (end) => ends.push(end));
    await service.die();
    await waitUntil('the stream is closed', () => ends.length > 0);
    expect(ends).toEqual([{ code: 'unavailable' }]);
  });

  it('no stream is opened', async () => {
    const guard = await guards.connect();
    const token = await service.token();
    const principal = await guard.check(token);
    await service.die();
    await leaseEnds(guard, token);
    expect(() => guard.openStream(principal, () => {})).toThrow(expect.objectContaining({ status: 503 }));
  });

  it('streams are kept if the guard is configured to, and can be opened', async () => {
    const guard = await guards.connect({ streamsWithoutLease: 'keep' });
    const ends: StreamEnd[] = [];
    const token = await service.token();
    const principal = await guard.check(token);
    guard.openStream(principal, (end) => ends.push(end));
    await service.die();
    await leaseEnds(guard, token);
    guard.openStream(principal, (end) => ends.push(end));
    expect(ends).toEqual([]);
    await guard.close();
    expect(ends).toEqual([{ code: 'closing' }, { code: 'closing' }]);
  });
});

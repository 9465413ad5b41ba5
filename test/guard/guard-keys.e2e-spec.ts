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
  await service.die();
});

describe('the keys of the service', () => {
  it('are fetched once, whatever 500 simultaneous requests present', async () => {
    const guard = await guards.connect();
    const forged = await Promise.all(
      Array.from({ length: 250 }, (_, which) => service.token({ header: { kid: `forged ${which}` } })),
    );
    const garbage = forged.map((token) => token.slice(5));
    const codes = await Promise.all([...forged, ...garbage].map((token) => codeOf(() => guard.check(token))));
    expect(new Set(codes)).toEqual(new Set(['invalid_token']));
    expect(service.keySetFetches).toBe(1);
  });

  it('include a new one, while tokens of the old one stay valid', async () => {
    const guard = await guards.connect();
    const old = await service.token();
    await service.addKey('second');
    const later = await guards.connect();
    service.signWith('second');
    const fresh = await service.token();
    expect(await codeOf(() => later.check(old))).toBe('granted');
    expect(await codeOf(() => later.check(fresh))).toBe('granted');
    expect(await codeOf(() => guard.check(old))).toBe('granted');
  });

  it('are kept when the key set cannot be fetched', async () => {
    const guard = await guards.connect();
    service.keySetStatus = 500;
    expect(await codeOf(async () => guard.check(await service.token()))).toBe('granted');
  });

  it('do not make a token invalid as long as they have not been fetched', async () => {
    service.keySetStatus = 500;
    const guard = guards.create();
    expect(await codeOf(async () => guard.check(await service.token()))).toBe('service_unavailable');
    service.keySetStatus = 200;
    await guard.ready();
    expect(await codeOf(async () => guard.check(await service.token()))).toBe('granted');
  });

  it('are fetched from any base URL that answers', async () => {
    const dead = await ProtocolService.start();
    const port = await dead.die();
    const guard = await guards.connect({ service: [`http://127.0.0.1:${port}`, service.url] });
    expect(await codeOf(async () => guard.check(await service.token()))).toBe('granted');
  });
});

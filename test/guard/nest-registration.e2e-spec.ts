import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { LATCHKEY_GUARD, LatchkeyGuard, LatchkeyModule } from '../../packages/guard/src/nest.js';
import { MemoryGuard } from '../../packages/guard/testing/memory-guard.js';

@Controller()
class OrdersController {
  @Get('open')
  open() {
    return {};
  }

  @UseGuards(LatchkeyGuard)
  @Get('orders')
  orders() {
    return {};
  }
}

const guard = new MemoryGuard();
const SETTINGS = Symbol('settings');

@Module({ providers: [{ provide: SETTINGS, useValue: { guard } }], exports: [SETTINGS] })
class SettingsModule {}

async function start(latchkey: ReturnType<typeof LatchkeyModule.forRoot>) {
  const testing = await Test.createTestingModule({
    imports: [latchkey],
    controllers: [OrdersController],
  }).compile();
  const app = testing.createNestApplication(new FastifyAdapter(), {
    logger: false,
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const status = async (path: string, token?: string) => {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await fetch(url + path, { headers })).status;
  };
  return { app, status };
}

describe('LatchkeyModule', () => {
  it('guards nothing by itself when it is not registered as the global guard', async () => {
    const { app, status } = await start(LatchkeyModule.forRoot({ guard, isGlobal: false }));
    expect([await status('/open'), await status('/orders')]).toEqual([200, 401]);
    expect(await status('/orders', guard.login('valid'))).toBe(200);
    await app.close();
  });

  it('takes its options from a factory, and offers its guard', async () => {
    const { app, status } = await start(
      LatchkeyModule.forRootAsync({
        imports: [SettingsModule],
        inject: [SETTINGS],
        useFactory: async (settings: { guard: MemoryGuard }) => settings,
      }),
    );
    expect([await status('/open'), await status('/orders')]).toEqual([401, 401]);
    expect(app.get(LATCHKEY_GUARD)).toBe(guard);
    await app.close();
  });

  it('reports the client as the application determines it', async () => {
    const { app, status } = await start(
      LatchkeyModule.forRoot({
        guard,
        clientOf: ({ headers }) => ({ address: String(headers.host).slice(0, 9) }),
      }),
    );
    await status('/orders', guard.login('client'));
    expect(guard.checked.at(-1)).toEqual({ token: 'client', client: { address: '127.0.0.1' } });
    await app.close();
  });
});

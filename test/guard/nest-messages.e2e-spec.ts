import { Controller, type INestMicroservice } from '@nestjs/common';
import {
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { lastValueFrom } from 'rxjs';
import { CurrentUser, LatchkeyModule, type Principal, Public, Roles } from '../../packages/guard/src/nest.js';
import { MemoryGuard } from '../../packages/guard/testing/memory-guard.js';
import { freePort } from '../support/free-port.js';
import { waitUntil } from '../support/wait-until.js';

const shipped: string[] = [];

@Controller()
class OrdersController {
  @MessagePattern('get')
  get(@Payload() text: string, @CurrentUser() user: Principal): string {
    return `${user.userId}: ${text}`;
  }

  @Public()
  @MessagePattern('ping')
  ping(): string {
    return 'pong';
  }

  @Roles('admin')
  @MessagePattern('clear')
  clear(): string {
    return 'cleared';
  }

  @EventPattern('shipped')
  shipped(@Payload() text: string): void {
    shipped.push(text);
  }
}

describe('the guard in a Nest microservice with TCP', () => {
  const guard = new MemoryGuard();
  let app: INestMicroservice;
  let client: ClientProxy;
  let token: string | undefined;

  beforeAll(async () => {
    const options = { host: '127.0.0.1', port: await freePort() };
    const testing = await Test.createTestingModule({
      imports: [LatchkeyModule.forRoot({ guard })],
      controllers: [OrdersController],
    }).compile();
    app = testing.createNestMicroservice<MicroserviceOptions>({
      transport: Transport.TCP,
      options,
      logger: false,
    });
    await app.listen();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    client.setOnDispatchHook((packet) => {
      if (token !== undefined) packet.metadata = { authorization: `Bearer ${token}` };
    });
  });
  beforeEach(() => {
    token = undefined;
  });
  afterAll(async () => {
    client?.close();
    await app?.close();
  });

  const send = (pattern: string) => lastValueFrom(client.send<string>(pattern, 'x'));

  it('admits a message with a valid token and injects the caller', async () => {
    token = guard.login('caller', { userId: 'u-7' });
    expect(await send('get')).toBe('u-7: x');
  });

  it('refuses a message without a token, but not one to a public handler', async () => {
    await expect(send('get')).rejects.toMatchObject({ code: 'invalid_token', status: 401 });
    expect(await send('ping')).toBe('pong');
  });

  it('refuses with the reason why the session ended', async () => {
    token = guard.login('ended');
    guard.end(token, 'password_changed');
    await expect(send('get')).rejects.toMatchObject({ code: 'session_revoked', reason: 'password_changed' });
  });

  it('refuses a message without the role', async () => {
    token = guard.login('no admin');
    await expect(send('clear')).rejects.toMatchObject({ code: 'insufficient_role', status: 403 });
  });

  it('handles events of valid sessions only', async () => {
    token = guard.login('shipping');
    await lastValueFrom(client.emit('shipped', 'valid'), { defaultValue: undefined });
    token = undefined;
    await lastValueFrom(client.emit('shipped', 'refused'), { defaultValue: undefined });
    token = 'shipping';
    await lastValueFrom(client.emit('shipped', 'last'), { defaultValue: undefined });
    await waitUntil('the last event', () => shipped.includes('last'));
    expect(shipped).toEqual(['valid', 'last']);
  });
});

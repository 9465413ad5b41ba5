import { testConfig } from '../../test/support/test-config.js';
import { waitUntil } from '../../test/support/wait-until.js';
import { ClientRegistry } from './client-registry.js';
import type { RegisteredClient } from './registered-client.js';

const client = (clientId: string, secretIds: string[] = ['one']): RegisteredClient => ({
  clientId,
  secrets: secretIds.map((id) => ({ id, hash: Buffer.alloc(32), createdAt: new Date(0) })),
  permissions: ['guard'],
  audiences: [],
  source: 'database',
});
const CONFIGURED = [{ client_id: 'edge', client_secrets: ['a secret of the edge'], permissions: ['guard'] }];

describe('the registry of clients', () => {
  let stored: () => Promise<RegisteredClient[]>;
  let reads: number;
  let registry: ClientRegistry;
  let changes: number;

  const start = async (clients: RegisteredClient[]) => {
    reads = 0;
    changes = 0;
    stored = async () => clients;
    const store = {
      list: () => {
        reads += 1;
        return stored();
      },
    };
    const config = testConfig('postgres://unused', { LATCHKEY_CLIENTS: JSON.stringify(CONFIGURED) });
    registry = new ClientRegistry(store as never, config, 5);
    registry.onChange(() => {
      changes += 1;
    });
    await registry.onModuleInit();
  };
  afterEach(() => registry.onModuleDestroy());
  const reread = async () => {
    const until = reads + 2;
    await waitUntil('the clients were read again', () => reads >= until, { everyMs: 1 });
  };

  it('has the clients of the configuration and of the database', async () => {
    await start([client('api')]);
    expect(registry.find('api')).toMatchObject({ source: 'database' });
    expect(registry.find('edge')).toMatchObject({ source: 'configuration' });
    expect(registry.find('other')).toBeUndefined();
  });

  it('prefers a configured client to one of the database with the same id', async () => {
    await start([client('edge')]);
    expect(registry.find('edge')).toMatchObject({ source: 'configuration', permissions: ['guard'] });
  });

  it('notices changes of the database, and only changes', async () => {
    await start([client('api'), client('billing', ['one', 'two'])]);
    stored = async () => [client('api'), client('billing', ['one', 'two'])];
    await reread();
    expect(changes).toBe(0);
    stored = async () => [client('billing', ['two'])];
    await waitUntil('the change is noticed', () => changes > 0);
    expect(registry.find('api')).toBeUndefined();
    expect(registry.find('billing')?.secrets).toHaveLength(1);
    await reread();
    expect(changes).toBe(1);
  });

  it('knows what was added before it is asked to read again', async () => {
    await start([]);
    let answer = () => {};
    stored = async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return [];
    };
    const before = reads;
    const earlier = registry.readNow();
    await waitUntil('the first read has begun', () => reads > before, { everyMs: 1 });
    stored = async () => [client('api')];
    const later = registry.readNow();
    answer();
    await earlier;
    expect(registry.find('api')).toBeUndefined();
    await later;
    expect(registry.find('api')).toBeDefined();
  });

  it('reads once for all who ask at the same time', async () => {
    await start([]);
    const before = reads;
    await Promise.all(Array.from({ length: 100 }, () => registry.readNow()));
    expect(reads - before).toBeLessThanOrEqual(2);
  });

  it('keeps the clients that it knows while Postgres cannot be reached', async () => {
    await start([client('api')]);
    stored = () => Promise.reject(new Error('connect ECONNREFUSED'));
    await reread();
    expect(registry.find('api')).toBeDefined();
    stored = async () => [];
    await waitUntil('the registry reads again', () => registry.find('api') === undefined);
  });

  it('fails to start when the clients cannot be read', async () => {
    await start([]);
    stored = () => Promise.reject(new Error('away'));
    await expect(registry.onModuleInit()).rejects.toThrow('away');
  });
});

import type { RedisSubscriber } from '@latchkey/revocation/redis/redis-port';
import { createClient } from '@redis/client';
import type { HostAndPort, RedisServers } from '../config/redis-servers.js';
import { CONNECT_TIMEOUT_MS, clientOptions, INTRODUCTION } from './redis-client.js';

/**
 * A connection for subscriptions that does not reconnect by itself. In a cluster the channels are sharded: they belong to
 * a hash slot like keys, so the script that writes the table of instances also publishes in order. When the slot moves to
 * another node, the old one cancels the subscriptions, which ends this connection.
 *
 * @param address where a server is that no URL leads to; `null`: it is not known yet, and connecting fails
 */
export function createSubscriber(servers: RedisServers, address: HostAndPort | null): RedisSubscriber {
  const options = clientOptions(servers, address);
  const client = createClient({
    ...options,
    ...INTRODUCTION,
    socket: { ...options.socket, connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
  });
  const isKnown = servers.kind === 'single' || address !== null;
  if (servers.kind === 'cluster') {
    client.on('sharded-channel-moved', () => {
      // Later: the same packet cancels the other subscriptions, and a client that is disconnected fails to read that.
      setImmediate(() => client.isOpen && client.disconnect());
    });
  }
  return {
    get isOpen() {
      return client.isOpen;
    },
    connect: async () => {
      if (!isKnown) throw new Error('the current Redis is not known yet');
      await client.connect();
    },
    disconnect: () => client.disconnect(),
    subscribe: (channels, listener) =>
      servers.kind === 'cluster'
        ? client.sSubscribe(channels, listener)
        : client.subscribe(channels, listener),
    on: (event, listener) => client.on(event, listener),
  };
}

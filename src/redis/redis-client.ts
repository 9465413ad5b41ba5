import { createClient, type RedisClientOptions } from '@redis/client';
import type { HostAndPort, RedisServers } from '../config/redis-servers.js';
import { traceCommands } from '../telemetry/traced-commands.js';

export const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MAX_MS = 500;
/** Commands that can wait for a reply: a server that hangs must not fill the memory. */
const COMMANDS_MAX = 20_000;
/** The client sends the name first, and is ready when it is answered: a server that hangs is noticed. */
export const INTRODUCTION = { name: 'latchkey', disableClientInfo: true } as const;

export type Client = ReturnType<typeof createClient>;

/** A client that reconnects by itself, and whose socket can be replaced. */
export interface SeverableClient {
  readonly client: Client;
  /** Replaces the current socket, which no longer responds, with a new one. */
  sever(): void;
  /** The next sockets lead to this address. */
  moveTo(address: HostAndPort): void;
}

/** @param address where a server is that no URL leads to */
export function clientOptions(servers: RedisServers, address: HostAndPort | null): RedisClientOptions {
  if (servers.kind === 'single') return { url: servers.url };
  const { username, password, database, tls } = servers.access;
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    database,
    socket: { ...(tls ? { tls } : {}), ...(address ? { host: address.host, port: address.port } : {}) },
  };
}

export function createSeverableClient(servers: RedisServers): SeverableClient {
  const options = clientOptions(servers, null);
  // The client reads the socket options on each connect. With a new signal each time, `sever` destroys only this socket.
  let abort = new AbortController();
  const socket = {
    ...options.socket,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectStrategy: (retries: number) => Math.min(50 + retries * 50, RECONNECT_MAX_MS),
    signal: abort.signal,
  };
  const client = traceCommands(
    createClient({
      ...options,
      socket,
      ...INTRODUCTION,
      disableOfflineQueue: true,
      commandsQueueMaxLength: COMMANDS_MAX,
    }),
  );
  const renew = () => {
    abort = new AbortController();
    socket.signal = abort.signal;
  };
  const sever = () => {
    const current = abort;
    renew();
    current.abort();
  };
  // One signal per socket: Node never removes a socket's listener from its signal.
  client.on('reconnecting', renew);
  // The client's own timeout covers only the TCP handshake: a server that is silent afterwards would block it forever.
  let handshake: NodeJS.Timeout | undefined;
  client.on('connect', () => {
    clearTimeout(handshake);
    handshake = setTimeout(sever, CONNECT_TIMEOUT_MS).unref();
  });
  for (const event of ['ready', 'error', 'end']) client.on(event, () => clearTimeout(handshake));
  // Without a listener, an error would terminate the process.
  client.on('error', () => {});
  return { client, sever, moveTo: ({ host, port }) => void Object.assign(socket, { host, port }) };
}

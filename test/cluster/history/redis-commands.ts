import { createClient } from '@redis/client';

/** Sends commands over a new connection; arguments may contain any text. */
export async function redisCommands(port: number, commands: readonly string[][]): Promise<unknown[]> {
  const client = createClient({
    socket: { host: '127.0.0.1', port, connectTimeout: 2_000, reconnectStrategy: false },
  });
  // The pending command rejects with the same error.
  client.on('error', () => {});
  await client.connect();
  try {
    return await Promise.all(commands.map((command) => client.sendCommand(command)));
  } finally {
    if (client.isOpen) await client.disconnect();
  }
}

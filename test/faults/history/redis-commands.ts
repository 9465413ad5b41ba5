import { createClient } from '@redis/client';

/** Sends commands to a Redis over a connection of its own, with arguments of any text. */
export async function redisCommands(port: number, commands: readonly string[][]): Promise<unknown[]> {
  const client = createClient({
    socket: { host: '127.0.0.1', port, connectTimeout: 2_000, reconnectStrategy: false },
  });
  // It says so to whoever waits for the command as well.
  client.on('error', () => {});
  await client.connect();
  try {
    return await Promise.all(commands.map((command) => client.sendCommand(command)));
  } finally {
    if (client.isOpen) await client.disconnect();
  }
}

import { connect } from 'node:net';

/**
 * Sends one command over a new connection, so that a test observes the server and not the retries of a client.
 *
 * @returns the first line of the reply in wire format: `+PONG`, `:1`, `$5`, `-ERR ...`
 * @throws {Error} if no reply arrives in time
 */
export function rawRedisCommand(port: number, command: string, timeoutMs = 2_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`Redis sent no reply in ${timeoutMs} ms`)));
    socket.once('connect', () => socket.write(`${command}\r\n`));
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\r\n');
      if (end < 0) return;
      resolve(answer.slice(0, end));
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('Redis closed the connection')));
  });
}

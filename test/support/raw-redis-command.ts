import { connect } from 'node:net';

/**
 * One command over a connection of its own, so that a test sees the server and not a client's retries.
 *
 * @returns the first line of the answer, in the wire's form: `+PONG`, `:1`, `$5`, `-ERR ...`
 * @throws {Error} when there is no answer in time
 */
export function rawRedisCommand(port: number, command: string, timeoutMs = 2_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`Redis gave no answer in ${timeoutMs} ms`)));
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

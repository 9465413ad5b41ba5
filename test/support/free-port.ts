import { createServer } from 'node:net';

/** Finds a currently unused port on the loopback address. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error('the system assigned no port'));
        return;
      }
      server.close(() => resolve(address.port));
    });
  });
}

import { Agent, request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** From sending the request to the last byte of the response. */
  readonly ms: number;
}

/**
 * A client with persistent connections that times its requests. `@latchkey/client` would refresh and repeat requests by
 * itself, and its work would be part of the figures.
 */
export class HttpClient {
  private readonly agent: Agent;

  constructor(
    private readonly url: string,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  send(
    method: string,
    path: string,
    { token, body }: { token?: string; body?: unknown } = {},
  ): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(
        this.url + path,
        {
          method,
          agent: this.agent,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        (response) => {
          let read = '';
          response.setEncoding('utf8').on('data', (part: string) => {
            read += part;
          });
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: read, ms: performance.now() - startedAt }),
          );
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** @throws if the response has another status: figures that include errors are useless */
  async expect(status: number, ...args: Parameters<HttpClient['send']>): Promise<Reply> {
    const reply = await this.send(...args);
    if (reply.status !== status) {
      throw new Error(`${args[0]} ${args[1]} answered ${reply.status}: ${reply.text}`);
    }
    return reply;
  }

  close(): void {
    this.agent.destroy();
  }
}

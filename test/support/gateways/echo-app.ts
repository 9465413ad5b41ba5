import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Names as they arrived, with underscores. */
  readonly rawHeaders: readonly string[];
  readonly bodyLength: number;
}

/** The application behind a gateway: answers with what it has received. */
export class EchoApp {
  readonly requests: EchoedRequest[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer({ maxHeaderSize: 128 * 1024 }, async (request, response) => {
      let bodyLength = 0;
      for await (const chunk of request) bodyLength += (chunk as Buffer).length;
      const { method = '', url = '', headers, rawHeaders } = request;
      const echoed = { method, url, headers, rawHeaders, bodyLength };
      this.requests.push(echoed);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(echoed));
    });
  }

  static async start(): Promise<EchoApp> {
    const app = new EchoApp();
    app.#server.listen(0, '127.0.0.1');
    await once(app.#server, 'listening');
    return app;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Identifies the connection: equal for requests that shared one. */
  readonly localPort: number;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | undefined;
}

/** Sends exactly the headers that it is given, unlike `fetch`, and reuses one connection. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly base: string) {}

  send(path: string, { method = 'GET', headers = {}, body }: HttpRequest = {}): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(this.base, { agent: this.#agent, path, method, headers }, (response) => {
        const localPort = sent.socket?.localPort ?? 0;
        const { statusCode: status = 0, headers } = response;
        text(response).then((body) => resolve({ status, headers, body, localPort }), reject);
      });
      sent.on('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

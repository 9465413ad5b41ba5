import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';

export interface GetJsonOptions {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Certificates to trust instead of the system's, PEM. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
}

/**
 * Fetches a small JSON document. Follows no redirect. Unlike `fetch`, it takes `ca` and limits the size.
 *
 * @throws {Error} unless the answer is JSON with status 200, complete in time
 */
export async function getJson(url: URL, { timeoutMs, maxBytes, ca }: GetJsonOptions): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await request(url, {
    signal,
    headers: { accept: 'application/json' },
    ...(ca ? { ca } : {}),
  });
  if (response.statusCode !== 200) {
    response.destroy();
    throw new Error(`${url.href} answered with status ${response.statusCode}`);
  }
  return JSON.parse(await text(response, url, maxBytes));
}

function request(url: URL, options: object): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  // Without an agent: a connection that is used every few minutes would only be found closed.
  return new Promise((resolve, reject) => {
    get(url, { ...options, agent: false }, resolve).once('error', reject);
  });
}

async function text(response: IncomingMessage, url: URL, maxBytes: number): Promise<string> {
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) {
    body += chunk;
    if (body.length > maxBytes) throw new Error(`${url.href} answered with more than ${maxBytes} bytes`);
  }
  return body;
}

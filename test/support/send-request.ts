import { requireDocumented } from './documented-answer.js';

/** One response, read completely. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as received. */
  readonly text: string;
  readonly body: T;
}

export interface SentRequest {
  /** Sent as JSON, also if the service will refuse it. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/**
 * Sends one request, so that tests see each answer, also to requests that are wrong. `@latchkey/client` would refresh and
 * repeat by itself; its types describe these answers too. Every answer is compared with `openapi.json`.
 *
 * @param url where the service listens
 */
export async function sendRequest<T>(
  url: string,
  method: string,
  path: string,
  { body, headers }: SentRequest = {},
): Promise<Answer<T>> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    headers: { ...(sent !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(sent !== undefined && { body: sent }),
  });
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  requireDocumented(method, path, { sent, status: response.status, contentType, text });
  const isJson = contentType?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isJson && text !== '' ? JSON.parse(text) : {}) as T,
  };
}

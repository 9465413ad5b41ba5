import { type Answer, answerOf } from './answer.js';
import { requireDocumented } from './documented-answer.js';

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
  const { status, headers: received } = response;
  requireDocumented(method, path, { sent, status, contentType: received.get('content-type'), text });
  return answerOf<T>(status, received, text);
}

import { request } from 'node:http';
import { type Answer, answerOf } from './answer.js';
import { requireDocumented } from './documented-answer.js';

export interface CheckOptions {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls `/auth/check` as a gateway does, with exactly these headers: `fetch` would add its own. */
export async function checkRequest(
  url: string,
  query: string,
  { method = 'GET', token, headers = {} }: CheckOptions = {},
): Promise<Answer> {
  const path = query === '' ? '/auth/check' : `/auth/check?${query}`;
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await send(url + path, method, { ...authorization, ...headers });
  const { status, text } = answer;
  // The document has one operation for all methods.
  if (method !== 'HEAD') {
    requireDocumented('GET', path, { status, contentType: answer.headers.get('content-type'), text });
  }
  return answer;
}

function send(url: string, method: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, async (response) => {
      const chunks = await response.toArray();
      const text = Buffer.concat(chunks as Buffer[]).toString();
      const received = new Headers(
        Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
      );
      resolve(answerOf(response.statusCode ?? 0, received, text));
    });
    sent.on('error', reject).end();
  });
}

/** One response, read completely. */
export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  /** The body as received. */
  readonly text: string;
  /** `{}` unless it is JSON. */
  readonly body: T;
}

export function answerOf<T = Record<string, unknown>>(
  status: number,
  headers: Headers,
  text: string,
): Answer<T> {
  const isJson = headers.get('content-type')?.includes('json') ?? false;
  return { status, headers, text, body: (isJson && text !== '' ? JSON.parse(text) : {}) as T };
}

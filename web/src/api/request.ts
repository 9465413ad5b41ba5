import { Problem, Unreachable } from './errors';
import { noteServerTime } from './server-time';

export interface ApiResponse<T> {
  readonly status: number;
  readonly body: T;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** The page asks by itself: the request is no use of the session. */
  readonly isBackground?: boolean;
}

/** A password is hashed on purpose slowly, and a network may be slow without purpose. */
const TIMEOUT_MS = 20_000;

/** One request and its response. Cookies carry the tokens: no script sees one. @throws {Problem | Unreachable} */
export async function request<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<ApiResponse<T>> {
  const { response, text } = await fetchText(method, path, options);
  noteServerTime(response.headers.get('date'));
  const body = parseJson(text);
  if (response.ok) return { status: response.status, body: body as T };
  // A proxy in between answers in its own words.
  if (typeof body?.code !== 'string') throw new Unreachable(`answered ${response.status}`);
  const retryAfter = Number(response.headers.get('retry-after'));
  throw new Problem(body.code, body, retryAfter > 0 ? retryAfter : null);
}

async function fetchText(method: string, path: string, { body, isBackground }: RequestOptions) {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(isBackground && { 'latchkey-passive': '1' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { response, text: await response.text() };
  } catch (cause) {
    throw new Unreachable('no response', { cause });
  }
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // An empty response, or one that is not the service's.
    return null;
  }
}

import { Problem, Unreachable } from './errors';
import { noteServerTime } from './server-time';

export interface ApiResponse<T> {
  readonly status: number;
  readonly body: T;
}

export interface RequestOptions {
  readonly body?: unknown;
  /** Sent by the page on its own, so it must not count as use of the session. */
  readonly isBackground?: boolean;
}

/** Generous, because password hashing is slow by design and networks can be slow too. */
const TIMEOUT_MS = 20_000;

/** Sends one request. The tokens are in cookies that scripts cannot read. @throws {Problem | Unreachable} */
export async function request<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<ApiResponse<T>> {
  const { response, text } = await fetchText(method, path, options);
  noteServerTime(response.headers.get('date'));
  const body = parseJson(text);
  if (response.ok) return { status: response.status, body: body as T };
  // Not problem details, so the response came from a proxy in between.
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
    // Empty, or not from the service.
    return null;
  }
}

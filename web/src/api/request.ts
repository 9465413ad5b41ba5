import { Problem, Unreachable } from './errors';
import { noteServerTime } from './server-time';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

export interface Asked {
  readonly body?: unknown;
  /** The page asks by itself: the request is no use of the session. */
  readonly isPassive?: boolean;
}

/** A password is hashed on purpose slowly, and a network may be slow without purpose. */
const TIMEOUT_MS = 20_000;

/** One request and its answer. Cookies carry the tokens: no script sees one. @throws {Problem | Unreachable} */
export async function send<T>(method: string, path: string, asked: Asked = {}): Promise<Answer<T>> {
  const { answer, text } = await exchange(method, path, asked);
  noteServerTime(answer.headers.get('date'));
  const body = parsed(text);
  if (answer.ok) return { status: answer.status, body: body as T };
  // A proxy in between answers in its own words.
  if (typeof body?.code !== 'string') throw new Unreachable(`answered ${answer.status}`);
  const retryAfter = Number(answer.headers.get('retry-after'));
  throw new Problem(body.code, body, retryAfter > 0 ? retryAfter : null);
}

async function exchange(method: string, path: string, { body, isPassive }: Asked) {
  try {
    const answer = await fetch(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(isPassive && { 'latchkey-passive': '1' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { answer, text: await answer.text() };
  } catch (cause) {
    throw new Unreachable('no answer', { cause });
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // An empty answer, or one that is not the service's.
    return null;
  }
}

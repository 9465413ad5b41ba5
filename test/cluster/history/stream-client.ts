import { WebSocket } from 'ws';
import { systemNow } from '../guarded-servers/system-clock.js';
import type { ObservedAnswer, Stream } from './history.js';

/** How far the clock of this process is behind that of the machine: both are the same clock. */
const OFFSET_MS = systemNow() - performance.now();
const GIVE_UP_MS = 8_000;

export interface StreamRequest {
  readonly url: string;
  readonly token: string;
  /** Is filled in as the stream goes on. */
  readonly stream: Stream;
}

export interface OpenedStream {
  readonly answer: ObservedAnswer | null;
  /** Does nothing if it is closed. */
  readonly close: () => void;
}

/** Opens `/ticks` as server-sent events, and resolves as soon as the answer has begun. */
export async function openEventStream({ url, token, stream }: StreamRequest): Promise<OpenedStream> {
  const stopping = new AbortController();
  const timer = setTimeout(() => stopping.abort(), GIVE_UP_MS);
  try {
    const response = await fetch(`${url}/ticks`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stopping.signal,
    });
    clearTimeout(timer);
    if (!response.ok || !response.body) {
      stream.closedAt = performance.now();
      return { answer: await problemAnswer(response), close: () => {} };
    }
    void readEvents(response.body, stream);
    return { answer: { status: response.status, hasRetryAfter: false }, close: () => stopping.abort() };
  } catch {
    // No response: refused, reset or timed out.
    stream.closedAt = performance.now();
    clearTimeout(timer);
    return { answer: null, close: () => {} };
  }
}

async function problemAnswer(response: Response): Promise<ObservedAnswer> {
  const text = await response.text();
  const { code } = (text.startsWith('{') ? JSON.parse(text) : {}) as { code?: string };
  return { status: response.status, code, hasRetryAfter: response.headers.has('retry-after') };
}

async function readEvents(body: ReadableStream<Uint8Array>, stream: Stream): Promise<void> {
  const decoder = new TextDecoder();
  let unread = '';
  try {
    for await (const bytes of body) {
      const events = (unread + decoder.decode(bytes, { stream: true })).split('\n\n');
      unread = events.pop() ?? '';
      for (const event of events) noteEvent(event, stream);
    }
  } catch {
    // The client has closed it, or the connection broke.
  }
  stream.closedAt = performance.now();
}

function noteEvent(event: string, stream: Stream): void {
  const data = /^data: ?(.*)$/m.exec(event)?.[1] ?? '';
  if (/^event: ?ended$/m.test(event)) stream.end = codeIn(data);
  else if (data !== '') noteTick(data, stream);
}

/** Opens a WebSocket, and resolves as soon as it is open or refused. */
export function openWebSocket({ url, token, stream }: StreamRequest): Promise<OpenedStream> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: GIVE_UP_MS,
  });
  const close = () => socket.terminate();
  return new Promise((resolve) => {
    const settle = (answer: ObservedAnswer | null) => resolve({ answer, close });
    socket.once('open', () => settle({ status: 200, hasRetryAfter: false }));
    socket.once('unexpected-response', (_, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('close', () => {
        settle({
          status: response.statusCode ?? 0,
          code: codeIn(text),
          hasRetryAfter: response.headers['retry-after'] !== undefined,
        });
        socket.terminate();
      });
    });
    socket.on('message', (data) => noteTick(data.toString(), stream));
    // `close` follows.
    socket.on('error', () => {});
    socket.once('close', (_, reason) => {
      stream.closedAt = performance.now();
      stream.end = codeIn(reason.toString());
      settle(null);
    });
  });
}

function codeIn(text: string): string | undefined {
  return text.startsWith('{') ? (JSON.parse(text) as { code?: string }).code : undefined;
}

function noteTick(text: string, stream: Stream): void {
  stream.lastWrittenAt = Math.max(stream.lastWrittenAt, Number(text) - OFFSET_MS);
}

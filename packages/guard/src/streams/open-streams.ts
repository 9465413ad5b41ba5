import type { TokenSubject } from '@latchkey/access-token/claims';
import type { StreamEnd } from '../guard.js';

/** What a cut-off demands: a stream whose token has less was opened before it. */
export interface Demands {
  readonly userId: string;
  readonly sessionEpoch?: number;
  readonly rolesVersion?: number;
}

export interface Stream {
  readonly subject: TokenSubject;
  /** When the token that opened it expires, epoch milliseconds. */
  readonly expiresAt: number;
  readonly close: (end: StreamEnd) => void;
}

/** The open streams of this process, by session and by user. */
export class OpenStreams {
  readonly #bySession = new Map<string, Set<Stream>>();
  readonly #byUser = new Map<string, Set<Stream>>();

  /** @param onError called when an application's function that closes a stream throws */
  constructor(private readonly onError: (error: unknown) => void) {}

  add(stream: Stream): void {
    addTo(this.#bySession, stream.subject.sessionId, stream);
    addTo(this.#byUser, stream.subject.userId, stream);
  }

  delete(stream: Stream): void {
    deleteFrom(this.#bySession, stream.subject.sessionId, stream);
    deleteFrom(this.#byUser, stream.subject.userId, stream);
  }

  has(stream: Stream): boolean {
    return this.#bySession.get(stream.subject.sessionId)?.has(stream) ?? false;
  }

  /** In the same tick, like every method that closes. */
  closeSession(sessionId: string, end: StreamEnd): void {
    this.#close(this.#bySession.get(sessionId), end);
  }

  /** Closes the user's streams that were opened with a token from before a cut-off. */
  closeOlder({ userId, sessionEpoch = 0, rolesVersion = 0 }: Demands, end: StreamEnd): void {
    const isOlder = ({ subject }: Stream) =>
      subject.sessionEpoch < sessionEpoch || subject.rolesVersion < rolesVersion;
    this.#close([...(this.#byUser.get(userId) ?? [])].filter(isOlder), end);
  }

  closeAll(end: StreamEnd): void {
    for (const streams of [...this.#bySession.values()]) this.#close(streams, end);
  }

  close(stream: Stream, end: StreamEnd): void {
    // First: the application may release the stream while it closes it.
    this.delete(stream);
    try {
      stream.close(end);
    } catch (error) {
      // The other streams have to be closed all the same.
      this.onError(error);
    }
  }

  anyOf(sessionId: string): Stream | undefined {
    return this.#bySession.get(sessionId)?.values().next().value;
  }

  /** One open stream for each session. */
  *onePerSession(): Iterable<Stream> {
    for (const [stream] of this.#bySession.values()) if (stream) yield stream;
  }

  get size(): number {
    let size = 0;
    for (const streams of this.#bySession.values()) size += streams.size;
    return size;
  }

  #close(streams: Iterable<Stream> | undefined, end: StreamEnd): void {
    for (const stream of [...(streams ?? [])]) this.close(stream, end);
  }
}

function addTo(index: Map<string, Set<Stream>>, key: string, stream: Stream): void {
  const streams = index.get(key);
  if (streams) streams.add(stream);
  else index.set(key, new Set([stream]));
}

function deleteFrom(index: Map<string, Set<Stream>>, key: string, stream: Stream): void {
  const streams = index.get(key);
  if (streams?.delete(stream) && streams.size === 0) index.delete(key);
}

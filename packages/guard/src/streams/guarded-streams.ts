import type { TokenSubject } from '@latchkey/access-token/claims';
import type { GuardLink } from '@latchkey/revocation/guard-connection/guard-link';
import type { Ends } from '@latchkey/revocation/guard-connection/messages';
import type { Decision } from '@latchkey/revocation/guard-connection/questions';
import type { OpenStream, StreamEnd } from '../guard.js';
import { GuardError } from '../guard-error.js';
import type { Principal } from '../principal.js';
import { sessionEnded, streamEndOf } from '../session-end-errors.js';
import { TokenPrincipal } from '../token-principal.js';
import { OpenStreams, type Stream } from './open-streams.js';

/** How often the service is asked about streams that have outlived their tokens: such a session may expire. */
const RECHECK_MS = 30_000;

export interface GuardedStreamsOptions {
  readonly link: Pick<GuardLink, 'judge' | 'ask' | 'mayTrust'>;
  /** What happens to streams while it is unknown whether their sessions are active. */
  readonly withoutLease: 'close' | 'keep';
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** Keeps streams open only as long as their sessions are active. */
export class GuardedStreams {
  readonly #open: OpenStreams;
  #state = 0;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(private readonly options: GuardedStreamsOptions) {
    this.#open = new OpenStreams(options.onError);
  }

  start(): void {
    this.#timer = setInterval(() => this.#recheckExpired(), RECHECK_MS).unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#open.closeAll({ code: 'closing' });
  }

  /** Changes whenever something is learned that may end a session without naming it. */
  get state(): number {
    return this.#state;
  }

  /** @throws {GuardError} if the session may have ended since it was checked */
  open(principal: Principal, close: (end: StreamEnd) => void): OpenStream {
    const { subject, confirmedIn } = TokenPrincipal.proofOf(principal);
    this.#requireActive(subject, confirmedIn);
    const stream: Stream = { subject, expiresAt: principal.expiresAt, close };
    this.#open.add(stream);
    return { release: () => this.#open.delete(stream) };
  }

  /** Closes, in the same tick, every stream that an end may concern. */
  learned({ sessions, cutOffs, changed }: Ends): void {
    if (cutOffs.length + changed.length > 0) this.#state += 1;
    for (const { sessionId, reason } of sessions) this.ended(sessionId, reason);
    // The user may have kept the session. Its client finds out when it connects again.
    for (const cutOff of cutOffs) this.#open.closeOlder(cutOff, { code: 'token_stale' });
    // These have not ended, so nothing waits for their streams.
    for (const sessionId of changed) void this.#recheck(this.#open.anyOf(sessionId));
  }

  /** The service has answered that this session is over. */
  ended(sessionId: string, reason: string | undefined): void {
    this.#open.closeSession(sessionId, streamEndOf(reason));
  }

  leaseLost(): void {
    if (this.options.withoutLease === 'close') this.#open.closeAll({ code: 'unavailable' });
  }

  #requireActive(subject: TokenSubject, confirmedIn: number | null): void {
    if (this.#isStopped) throw new GuardError('service_unavailable');
    const verdict = this.options.link.judge(subject);
    if (verdict.state === 'active') return;
    if (verdict.state === 'ended') throw sessionEnded(verdict.reason);
    const isKnown = this.options.link.mayTrust()
      ? // The parent has said that a cut-off does not end this session, and there has been none since.
        confirmedIn === this.#state
      : this.options.withoutLease === 'keep';
    if (!isKnown) throw new GuardError('service_unavailable');
  }

  #recheckExpired(): void {
    const now = this.options.now();
    for (const stream of this.#open.onePerSession()) if (stream.expiresAt <= now) void this.#recheck(stream);
  }

  /** Never rejects. */
  async #recheck(stream: Stream | undefined): Promise<void> {
    if (!stream) return;
    const end = this.#endOf(await this.options.link.ask(stream.subject), stream);
    if (end) this.#open.closeSession(stream.subject.sessionId, end);
  }

  #endOf({ state, reason }: Decision, { expiresAt }: Stream): StreamEnd | null {
    switch (state) {
      case 'active':
        return null;
      case 'ended':
        return streamEndOf(reason);
      case 'stale':
        return { code: 'token_stale' };
      case 'needs_login':
        return { code: 'insufficient_user_authentication' };
      default:
        // With a lease, the end of the session would have been announced.
        return this.options.link.mayTrust() || this.options.now() < expiresAt
          ? null
          : { code: 'token_expired' };
    }
  }
}

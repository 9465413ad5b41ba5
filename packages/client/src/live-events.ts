import { readMe } from './account-api.js';
import type { SessionEnded } from './errors.js';
import type { Emitter, LiveState } from './events.js';
import { type SessionAccess, signedInFetch } from './session/signed-in-fetch.js';
import { AccountStream } from './stream/account-stream.js';
import type { Leadership } from './tabs/leadership.js';
import { isHidden } from './tabs/page-lifecycle.js';
import type { TabBus, TabMessage } from './tabs/tab-bus.js';
import { isWaitingForUser, watchWaiting } from './user-presence.js';

export interface LiveEventsParts {
  readonly access: SessionAccess;
  readonly bus: TabBus;
  readonly leadership: Leadership;
  readonly events: Emitter;
  /** Whether the stream is open even if nothing listens to it. */
  readonly isAlways: boolean;
}

const CHECK_MS = 1_000;
/** How often an untouched page asks whether its token is still valid. */
const TOKEN_CHECK_MS = 60_000;

/**
 * Opens the event stream in the leading tab, and passes its events on to the others. A hidden page takes no part: it reads
 * everything again when the user returns.
 */
export class LiveEvents {
  liveState: LiveState = 'closed';
  /** As the tab that reads the stream sees it. */
  #streamState: LiveState = 'closed';
  #stream: AccountStream | null = null;
  #streamOf: string | null = null;
  #isWantedElsewhere = false;
  #unfollow: (() => void) | null = null;
  #unwatch: (() => void) | null = null;
  #tokenCheckedAt = performance.now();
  #isStopped = false;

  constructor(private readonly parts: LiveEventsParts) {}

  /** Opens or closes the stream, whichever is due. */
  update(): void {
    const { leadership, access, bus } = this.parts;
    const { state } = access;
    const isDue = !this.#isStopped && !isHidden() && state.signIn === 'signed_in' && this.#isWanted();
    const isReader = isDue && leadership.isLeader;
    if (!isReader || this.#streamOf !== state.sessionId) this.#closeStream();
    if (isReader && !this.#stream) this.#openStream();
    const isFollower = isDue && !isReader;
    if (isFollower && !this.#unfollow) this.#setState('connecting');
    if (isFollower) this.#unfollow ??= leadership.watch();
    else this.#endFollowing();
    if (!isDue) this.#setState('closed');
    this.#watch(isDue);
    if (isFollower) bus.post({ type: 'want_events' });
  }

  receive(message: TabMessage): void {
    const { access, leadership, events, bus } = this.parts;
    const { state } = access;
    if (message.type === 'account' && !isHidden()) events.emit('account', undefined);
    if (message.type === 'heartbeat' && this.#unfollow) events.emit('heartbeat', undefined);
    if (message.type === 'live' && this.#unfollow) this.#setState(message.state);
    if (message.type !== 'want_events' || !leadership.isLeader) return;
    if (isHidden()) {
      leadership.resign();
      return;
    }
    this.#isWantedElsewhere = true;
    if (state.signIn === 'unknown') state.begin(null);
    this.update();
    bus.post({ type: 'live', state: this.#streamState });
  }

  /** The user is back at the page. */
  handleReturn(): void {
    this.update();
    this.#stream?.retry();
    if (this.parts.access.state.signIn === 'signed_in') this.parts.events.emit('account', undefined);
  }

  stop(): void {
    this.#isStopped = true;
    this.update();
  }

  resume(): void {
    this.#isStopped = false;
    this.handleReturn();
  }

  #isWanted(): boolean {
    return this.parts.isAlways || this.#isWantedElsewhere || this.parts.events.has('account');
  }

  #openStream(): void {
    const { access, bus, events } = this.parts;
    this.#streamOf = access.state.sessionId;
    const report = (type: 'account' | 'heartbeat') => () => {
      bus.post({ type });
      events.emit(type, undefined);
    };
    const stream: AccountStream = new AccountStream({
      open: (signal) => {
        const request = access.service.request('/account/events', { cache: 'no-store', signal });
        return signedInFetch(access, request, { isPassive: true });
      },
      onChange: report('account'),
      onHeartbeat: report('heartbeat'),
      onEnd: (end) => this.#handleEnd(end, stream),
      onState: (streamState) => {
        if (this.#stream === stream) this.#setState(streamState);
      },
    });
    this.#stream = stream;
    stream.start();
  }

  #closeStream(): void {
    const closed = this.#stream;
    this.#stream = null;
    closed?.close();
  }

  #endFollowing(): void {
    this.#unfollow?.();
    this.#unfollow = null;
  }

  #handleEnd(end: SessionEnded, stream: AccountStream): void {
    // The user has logged in again. The stream is opened again with the new tokens; without any, that ends the session.
    if (stream !== this.#stream || end.reason === 'replaced') return;
    void this.parts.access.state.end(end);
  }

  #watch(isDue: boolean): void {
    if (isDue && !this.#unwatch) {
      const timer = setInterval(() => this.#check(), CHECK_MS);
      const unwatch = watchWaiting(() => this.#report());
      this.#unwatch = () => {
        clearInterval(timer);
        unwatch();
      };
    } else if (!isDue) {
      this.#unwatch?.();
      this.#unwatch = null;
    }
  }

  #check(): void {
    this.#stream?.check();
    // In a page the request waits for the user. A program without one refreshes when it sends a request of its own.
    const isDue = typeof document !== 'undefined' && !isWaitingForUser();
    if (!isDue || performance.now() - this.#tokenCheckedAt < TOKEN_CHECK_MS) return;
    this.#tokenCheckedAt = performance.now();
    // The stream outlives the token, but with an expired one the page could not read what the stream reports.
    readMe(this.parts.access, { passive: true }).catch(() => {
      // The end of the session is reported by an event, and everything else passes.
    });
  }

  #setState(streamState: LiveState): void {
    const isChanged = streamState !== this.#streamState;
    this.#streamState = streamState;
    if (isChanged && this.parts.leadership.isLeader)
      this.parts.bus.post({ type: 'live', state: streamState });
    this.#report();
  }

  #report(): void {
    const isPaused = this.#streamState !== 'closed' && isWaitingForUser();
    const liveState = isPaused ? 'paused' : this.#streamState;
    if (liveState === this.liveState) return;
    this.liveState = liveState;
    this.parts.events.emit('live', liveState);
  }
}

import { accountApi } from './account-api.js';
import type { ClientOptions } from './client-options.js';
import { SessionEnded } from './errors.js';
import { type ClientEvents, type Emitter, type Listener } from './events.js';
import { LiveEvents } from './live-events.js';
import { Service } from './service.js';
import { refreshTokens } from './session/refresh-tokens.js';
import { SessionState } from './session/session-state.js';
import type { SessionTokens } from './session/session-tokens.js';
import { type SessionAccess, signedInFetch } from './session/signed-in-fetch.js';
import {
  type Credentials,
  changePassword,
  type Login,
  logIn,
  logOut,
  type PasswordChange,
  register,
} from './sign-in.js';
import { Leadership } from './tabs/leadership.js';
import { isHidden, watchPage } from './tabs/page-lifecycle.js';
import { SharedRefresh } from './tabs/shared-refresh.js';
import { broadcastBus, noBus, type TabMessage } from './tabs/tab-bus.js';
import { resumeWaiting, watchUser } from './user-presence.js';

export interface ClientParts {
  readonly events: Emitter;
  readonly store: SessionTokens;
  /** Whether all tabs of the browser have the same session. */
  readonly isShared: boolean;
}

export type LatchkeyClient = ReturnType<typeof assembleClient>;

export function assembleClient(options: ClientOptions, { events, store, isShared }: ClientParts) {
  const isPage = typeof document !== 'undefined';
  const { mode, live = isPage } = options;
  const usesCookies = mode === 'cookie';
  const service = new Service(options);
  const hasTabs = isPage && typeof BroadcastChannel !== 'undefined' && isShared;
  const bus = hasTabs ? broadcastBus(`latchkey ${mode} ${options.baseUrl}`) : noBus();

  const state = new SessionState(store, bus, events, () => liveEvents.update());
  const leadership = new Leadership(
    bus,
    () => {
      refresher.handleLeader();
      liveEvents.update();
    },
    isHidden,
  );
  const refresher = new SharedRefresh(bus, leadership, () =>
    refreshTokens(service, store, state, usesCookies),
  );
  const refresh = (since: number) => refresher.refresh(since);
  const access: SessionAccess = { service, store, state, usesCookies, refresh };
  const liveEvents = new LiveEvents({ access, bus, leadership, events, isAlways: live });

  const noteSession = (message: TabMessage) => {
    if (message.type === 'refreshed' || message.type === 'signed_in') {
      store.renew();
      resumeWaiting();
    }
    if (message.type === 'signed_in') state.begin(message.sessionId);
    if (message.type === 'ended')
      state.receiveEnd(new SessionEnded(message.code, message.reason), message.sessionId);
  };
  bus.onMessage((message, from) => {
    noteSession(message);
    leadership.receive(message, from);
    refresher.receive(message);
    liveEvents.receive(message);
  });
  const start = () => (hasTabs ? leadership.start() : leadership.claim());
  start();
  const unwatchPage = isPage
    ? watchPage({
        onHide: () => {
          liveEvents.stop();
          leadership.stop();
        },
        onShow: () => {
          start();
          liveEvents.resume();
        },
        onResume: () => leadership.announce(),
        onLeave: () => {
          if (hasTabs) leadership.resign();
          liveEvents.update();
        },
        onReturn: () => {
          if (hasTabs) leadership.appear();
          liveEvents.handleReturn();
        },
      })
    : () => {};
  if (isPage) watchUser();
  if (!usesCookies)
    void store.read().then(
      ({ tokens }) => (tokens ? state.begin(tokens.session_id) : state.beginSignedOut()),
      () => {
        // Reported as `storage_error`; the next request reads again.
      },
    );

  return {
    get state() {
      return state.signIn;
    },
    /** How the last session ended; `null` while signed in. */
    get lastEnd() {
      return state.lastEnd;
    },
    get live() {
      return liveEvents.liveState;
    },
    /** Epoch milliseconds by the clock of the service, to about a second; by the local one until it has answered. */
    serverNow: () => service.now(),
    register: (credentials: Credentials) => register(access, credentials),
    login: (login: Login) => logIn(access, options, bus, login),
    logout: () => logOut(access),
    /** Ends all sessions of the user, and opens a new one for this client. */
    changePassword: (change: PasswordChange) => changePassword(access, bus, change),
    /** Gets a new access token now. Happens by itself when a request needs one. */
    refresh: () => refresh(performance.now()),
    /**
     * Like `fetch`, but signed in. Relative URLs are below `baseUrl`.
     *
     * @throws {SessionEnded} if the session has ended
     * @throws {Unreachable} if the access token has expired and cannot be refreshed now
     * @throws {TypeError} as `fetch`, and for a URL that is not of the service or its `resources`
     */
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const request = service.request(input, init);
      return signedInFetch(access, request, { isPassive: request.headers.has('latchkey-passive') });
    },
    ...accountApi(access),
    /** @returns a function that removes the listener */
    on: <K extends keyof ClientEvents>(event: K, listener: Listener<ClientEvents[K]>): (() => void) => {
      const remove = events.on(event, listener);
      if (event === 'account') liveEvents.update();
      return () => {
        remove();
        if (event === 'account') liveEvents.update();
      };
    },
    /** Closes the stream and timers, not the session. */
    close: () => {
      unwatchPage();
      liveEvents.stop();
      leadership.stop();
      refresher.stop();
      bus.close();
    },
  };
}

import type { LiveState } from '../events.js';

/** Messages between the tabs of one session. No message has a token. */
export type TabMessage =
  /** Asks who leads. */
  | { readonly type: 'who' }
  /** Leads since this term, and sends it again whenever another tab asks or believes otherwise. */
  | { readonly type: 'leader'; readonly term: number }
  /** The tab closes or is hidden. If it was the leader, the tab `heir` leads now. */
  | { readonly type: 'bye'; readonly heir: string | null }
  /** Asks the leader for tokens that were received in the last `ageMs` milliseconds. */
  | { readonly type: 'refresh'; readonly ageMs: number }
  | { readonly type: 'refreshing' }
  | { readonly type: 'refreshed' }
  | { readonly type: 'refresh_failed'; readonly retryAfterSeconds: number | null }
  | { readonly type: 'signed_in'; readonly sessionId: string }
  | {
      readonly type: 'ended';
      readonly sessionId: string | null;
      readonly code: string;
      readonly reason: string | null;
    }
  /** A tab wants account events. */
  | { readonly type: 'want_events' }
  | { readonly type: 'account' }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'live'; readonly state: LiveState };

/** Delivers messages to all other tabs, but not to this one. */
export interface TabBus {
  readonly id: string;
  post(message: TabMessage): void;
  onMessage(listener: (message: TabMessage, from: string) => void): void;
  close(): void;
}

interface Envelope {
  readonly from: string;
  readonly message: TabMessage;
}

/** Works in insecure contexts, too, where Web Locks are missing. */
export function broadcastBus(name: string): TabBus {
  const channel = new BroadcastChannel(name);
  // `crypto.randomUUID` is missing without TLS.
  const id = String(Math.random());
  let isClosed = false;
  return {
    id,
    post: (message) => {
      // A request that was still running reports its outcome.
      if (!isClosed) channel.postMessage({ from: id, message } satisfies Envelope);
    },
    onMessage: (listener) => {
      channel.onmessage = ({ data }: MessageEvent) => {
        const { from, message } = data as Envelope;
        listener(message, from);
      };
    },
    close: () => {
      isClosed = true;
      channel.close();
    },
  };
}

/** For a session that no other tab has. */
export function noBus(): TabBus {
  return { id: '', post: () => {}, onMessage: () => {}, close: () => {} };
}

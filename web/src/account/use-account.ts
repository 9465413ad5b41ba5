import {
  type Device,
  type EndedSession,
  type Me,
  type SecurityEvent,
  SessionEnded,
  type UnansweredSignIns,
} from '@latchkey/client/cookie-client';
import { useCallback, useRef, useState } from 'preact/hooks';
import { endedSessions, securityEvents, unansweredSignIns } from '../api/account';
import { client } from '../api/client';
import { loadOlder, type PagedList, withNewest } from '../api/paged-list';
import { shownName } from '../copy/device-name';

export interface Account {
  /** `null` until loaded. */
  readonly devices: readonly Device[] | null;
  /** `null` until loaded, or if the service does not support it. */
  readonly ended: PagedList<EndedSession> | null;
  readonly events: PagedList<SecurityEvent> | null;
  readonly questions: UnansweredSignIns | null;
  /** Whether the email address is confirmed. */
  readonly isConfirmed: boolean;
  /** Why the data may be out of date; `null` if it is current. */
  readonly error: unknown;
  /** Whether a read takes so long that the data may be out of date. */
  readonly isLate: boolean;
}

interface AccountHandlers {
  onDevicesLoaded(before: readonly Device[] | null, after: readonly Device[]): void;
}

const NOT_LOADED = {
  devices: null,
  ended: null,
  events: null,
  questions: null,
  error: null,
  isLate: false,
};
/** A read usually takes a fraction of this. */
const LATE_MS = 3_000;

/** Loads the account data, and loads it again on `reload`. */
export function useAccount(user: Me['user'], handlers: AccountHandlers) {
  const [account, setAccount] = useState<Account>({ ...NOT_LOADED, isConfirmed: user.email_verified });
  const latest = useRef({ account, handlers, isFirstRead: true });
  latest.current.handlers = handlers;
  const update = useCallback((part: Partial<Account>) => {
    latest.current.account = { ...latest.current.account, ...part };
    setAccount(latest.current.account);
  }, []);
  const read = useCallback(
    async (passive: boolean) => {
      const timer = setTimeout(() => update({ isLate: true }), LATE_MS);
      try {
        const isFirst = latest.current.isFirstRead;
        // Together, because the questions are above the list.
        const [read, me, questions] = await Promise.all([
          client.devices.list({ passive }),
          client.me({ passive }),
          isFirst || latest.current.account.questions ? unansweredSignIns(passive) : null,
        ]);
        // Another page of this site has signed in another user: the cookies are theirs now.
        if (me && me.user.id !== user.id) return location.reload();
        const after = read.map((device) => ({ ...device, name: shownName(device.name) }));
        latest.current.handlers.onDevicesLoaded(latest.current.account.devices, after);
        const isConfirmed = me?.user.email_verified ?? latest.current.account.isConfirmed;
        update({ devices: after, questions, isConfirmed, error: null });
        latest.current.isFirstRead = false;
        const details = await loadDetails(latest.current.account, isFirst, passive);
        const { ended, events } = latest.current.account;
        update({
          ended: details.ended && withNewest(ended, details.ended),
          events: details.events && withNewest(events, details.events),
        });
      } catch (error) {
        // An event reports the end of the session.
        if (!(error instanceof SessionEnded)) update({ error });
      } finally {
        clearTimeout(timer);
        if (latest.current.account.isLate) update({ isLate: false });
      }
    },
    [update, user.id],
  );

  const showMore = {
    ended: async () => update({ ended: await loadOlder(() => latest.current.account.ended, endedSessions) }),
    events: async () =>
      update({ events: await loadOlder(() => latest.current.account.events, securityEvents) }),
  };
  return { account, reload: useSerialized(read), showMore };
}

async function loadDetails(account: Account, isFirst: boolean, passive: boolean) {
  // A list that the service does not support is requested only once.
  const [ended, events] = await Promise.all([
    isFirst || account.ended ? endedSessions({ passive }) : null,
    isFirst || account.events ? securityEvents({ passive }) : null,
  ]);
  return { ended, events };
}

interface Reads {
  /** The read that is due after the running one. */
  next: { readonly passive: boolean } | null;
}

/** Runs one read at a time. Calls during a read run it once more, because that read may have missed a change. */
function useSerialized(read: (passive: boolean) => Promise<void>) {
  const running = useRef<Reads | null>(null);
  return useCallback(
    async (passive: boolean) => {
      if (running.current) {
        running.current.next = { passive: passive && (running.current.next?.passive ?? true) };
        return;
      }
      const reads: Reads = { next: { passive } };
      running.current = reads;
      for (let { next } = reads; next !== null; next = reads.next) {
        reads.next = null;
        await read(next.passive);
      }
      running.current = null;
    },
    [read],
  );
}

import { useCallback, useRef, useState } from 'preact/hooks';
import { devices, endedSessions, me, securityEvents } from '../api/account';
import { SignedOut } from '../api/errors';
import type { Device, EndedSession, SecurityEvent, User } from '../api/types';

export interface Account {
  /** `null` until loaded. */
  readonly devices: readonly Device[] | null;
  /** `null` until loaded, or if the service does not support it. */
  readonly ended: readonly EndedSession[] | null;
  readonly events: readonly SecurityEvent[] | null;
  /** Whether the email address is confirmed. */
  readonly isConfirmed: boolean;
  /** Why the data may be out of date; `null` if it is current. */
  readonly error: unknown;
  /** Whether a read takes so long that the data may be out of date. */
  readonly isLate: boolean;
}

interface AccountHandlers {
  onDevicesLoaded(before: readonly Device[] | null, after: readonly Device[]): void;
  onSignedOut(error: SignedOut): void;
}

const NOT_LOADED = { devices: null, ended: null, events: null, error: null, isLate: false };
/** A read usually takes a fraction of this. */
const LATE_MS = 3_000;

/** Loads the account data, and loads it again on `reload`. */
export function useAccount(user: User, handlers: AccountHandlers) {
  const [account, setAccount] = useState<Account>({ ...NOT_LOADED, isConfirmed: user.email_verified });
  const latest = useRef({ account, handlers, isFirstRead: true });
  latest.current.handlers = handlers;
  const read = useCallback(async (isBackground: boolean) => {
    const update = (part: Partial<Account>) => {
      latest.current.account = { ...latest.current.account, ...part };
      setAccount(latest.current.account);
    };
    const timer = setTimeout(() => update({ isLate: true }), LATE_MS);
    try {
      const after = await devices(isBackground);
      latest.current.handlers.onDevicesLoaded(latest.current.account.devices, after);
      update({ devices: after, error: null });
      const isFirst = latest.current.isFirstRead;
      latest.current.isFirstRead = false;
      update(await loadDetails(latest.current.account, isFirst, isBackground));
    } catch (error) {
      if (error instanceof SignedOut) latest.current.handlers.onSignedOut(error);
      else update({ error });
    } finally {
      clearTimeout(timer);
      if (latest.current.account.isLate) update({ isLate: false });
    }
  }, []);

  return { account, reload: useSerialized(read) };
}

async function loadDetails(account: Account, isFirst: boolean, isBackground: boolean) {
  // A list that the service does not support is requested only once.
  const [ended, events, isConfirmed] = await Promise.all([
    isFirst || account.ended ? endedSessions(isBackground) : null,
    isFirst || account.events ? securityEvents(isBackground) : null,
    isFirst || account.isConfirmed ? account.isConfirmed : loadIsConfirmed(isBackground),
  ]);
  return { ended, events, isConfirmed };
}

/** Runs one read at a time. A call during a read runs it once more, because that read may have missed a change. */
function useSerialized(read: (isBackground: boolean) => Promise<void>) {
  const running = useRef<{ again: boolean } | null>(null);
  return useCallback(
    async (isBackground: boolean) => {
      if (running.current) {
        running.current.again = true;
        return;
      }
      const state = { again: true };
      running.current = state;
      while (state.again) {
        state.again = false;
        await read(isBackground);
      }
      running.current = null;
    },
    [read],
  );
}

async function loadIsConfirmed(isBackground: boolean): Promise<boolean> {
  return (await me(isBackground)).user.email_verified;
}

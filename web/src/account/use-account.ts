import { useCallback, useRef, useState } from 'preact/hooks';
import { devices, endedSessions, me, securityEvents } from '../api/account';
import { SignedOut } from '../api/errors';
import type { Device, EndedSession, SecurityEvent, User } from '../api/types';

export interface Account {
  /** `null`: not known yet. */
  readonly devices: readonly Device[] | null;
  /** `null`: not known yet, or the service does not tell. */
  readonly ended: readonly EndedSession[] | null;
  readonly events: readonly SecurityEvent[] | null;
  /** Whether the address is. */
  readonly isConfirmed: boolean;
  /** Why what is shown may be out of date. */
  readonly error: unknown;
}

interface AccountHandlers {
  onDevicesLoaded(before: readonly Device[] | null, after: readonly Device[]): void;
  onSignedOut(error: SignedOut): void;
}

const NOT_LOADED = { devices: null, ended: null, events: null, error: null };

/** Reads what there is to show, and reads again when asked; however often at once, one after the other. */
export function useAccount(user: User, handlers: AccountHandlers) {
  const [account, setAccount] = useState<Account>({ ...NOT_LOADED, isConfirmed: user.email_verified });
  const latest = useRef({ account, handlers, isFirstRead: true });
  latest.current.handlers = handlers;
  const reading = useRef<{ again: boolean } | null>(null);

  const read = useCallback(async (isBackground: boolean) => {
    const update = (part: Partial<Account>) => {
      latest.current.account = { ...latest.current.account, ...part };
      setAccount(latest.current.account);
    };
    try {
      const after = await devices(isBackground);
      latest.current.handlers.onDevicesLoaded(latest.current.account.devices, after);
      update({ devices: after, error: null });
      const { ended, events, isConfirmed } = latest.current.account;
      const isFirst = latest.current.isFirstRead;
      latest.current.isFirstRead = false;
      // What a service does not have once, it does not have the next time.
      const [latestEnded, latestEvents, isConfirmedNow] = await Promise.all([
        isFirst || ended ? endedSessions(isBackground) : null,
        isFirst || events ? securityEvents(isBackground) : null,
        isFirst || isConfirmed ? isConfirmed : loadIsConfirmed(isBackground),
      ]);
      update({ ended: latestEnded, events: latestEvents, isConfirmed: isConfirmedNow });
    } catch (error) {
      if (error instanceof SignedOut) latest.current.handlers.onSignedOut(error);
      else update({ error });
    }
  }, []);

  const reload = useCallback(
    async (isBackground: boolean) => {
      if (reading.current) {
        // What is being read may be older than what we were told of.
        reading.current.again = true;
        return;
      }
      const state = { again: true };
      reading.current = state;
      while (state.again) {
        state.again = false;
        await read(isBackground);
      }
      reading.current = null;
    },
    [read],
  );
  return { account, reload };
}

async function loadIsConfirmed(isBackground: boolean): Promise<boolean> {
  return (await me(isBackground)).user.email_verified;
}

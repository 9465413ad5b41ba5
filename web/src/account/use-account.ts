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

interface Reader {
  onDevices(before: readonly Device[] | null, after: readonly Device[]): void;
  onSignedOut(end: SignedOut): void;
}

const NOTHING = { devices: null, ended: null, events: null, error: null };

/** Reads what there is to show, and reads again when asked; however often at once, one after the other. */
export function useAccount(user: User, reader: Reader) {
  const [account, setAccount] = useState<Account>({ ...NOTHING, isConfirmed: user.email_verified });
  const latest = useRef({ account, reader, isOfferingMore: true });
  latest.current.reader = reader;
  const reading = useRef<{ again: boolean } | null>(null);

  const read = useCallback(async (isPassive: boolean) => {
    const show = (part: Partial<Account>) => {
      latest.current.account = { ...latest.current.account, ...part };
      setAccount(latest.current.account);
    };
    try {
      const after = await devices(isPassive);
      latest.current.reader.onDevices(latest.current.account.devices, after);
      show({ devices: after, error: null });
      const { ended, events, isConfirmed } = latest.current.account;
      const isFirst = latest.current.isOfferingMore;
      latest.current.isOfferingMore = false;
      // What a service does not have once, it does not have the next time.
      const [moreEnded, moreEvents, nowConfirmed] = await Promise.all([
        isFirst || ended ? endedSessions(isPassive) : null,
        isFirst || events ? securityEvents(isPassive) : null,
        isFirst || isConfirmed ? isConfirmed : isConfirmedNow(isPassive),
      ]);
      show({ ended: moreEnded, events: moreEvents, isConfirmed: nowConfirmed });
    } catch (error) {
      if (error instanceof SignedOut) latest.current.reader.onSignedOut(error);
      else show({ error });
    }
  }, []);

  const reload = useCallback(
    async (isPassive: boolean) => {
      if (reading.current) {
        // What is being read may be older than what we were told of.
        reading.current.again = true;
        return;
      }
      const state = { again: true };
      reading.current = state;
      while (state.again) {
        state.again = false;
        await read(isPassive);
      }
      reading.current = null;
    },
    [read],
  );
  return { account, reload };
}

async function isConfirmedNow(isPassive: boolean): Promise<boolean> {
  return (await me(isPassive)).user.email_verified;
}

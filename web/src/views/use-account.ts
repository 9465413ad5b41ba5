import { useCallback, useRef, useState } from 'preact/hooks';
import { devices, endedSessions, securityEvents } from '../api/account';
import { SignedOut } from '../api/failures';
import type { Device, EndedSession, SecurityEvent } from '../api/shapes';

export interface Account {
  /** `null`: not known yet. */
  readonly devices: readonly Device[] | null;
  /** `null`: not known yet, or the service does not tell. */
  readonly ended: readonly EndedSession[] | null;
  readonly events: readonly SecurityEvent[] | null;
  /** Why what is shown may be out of date. */
  readonly error: unknown;
}

interface Reader {
  onDevices(before: readonly Device[] | null, after: readonly Device[]): void;
  onSignedOut(end: SignedOut): void;
}

const NOTHING: Account = { devices: null, ended: null, events: null, error: null };

/** Reads what there is to show, and reads again when asked; however often at once, one after the other. */
export function useAccount(reader: Reader) {
  const [account, setAccount] = useState(NOTHING);
  const latest = useRef({ account: NOTHING, reader, isOfferingMore: true });
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
      const { ended, events } = latest.current.account;
      const isFirst = latest.current.isOfferingMore;
      latest.current.isOfferingMore = false;
      // What a service does not have once, it does not have the next time.
      const [moreEnded, moreEvents] = await Promise.all([
        isFirst || ended ? endedSessions(isPassive) : null,
        isFirst || events ? securityEvents(isPassive) : null,
      ]);
      show({ ended: moreEnded, events: moreEvents });
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

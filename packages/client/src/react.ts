import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Device, Me } from './account-api.js';
import type { LatchkeyClient } from './assemble-client.js';
import type { SessionEnded } from './errors.js';
import type { LiveState, SignInState } from './events.js';

export interface SessionView {
  readonly state: SignInState;
  /** `null` until it has been read, and while signed out. */
  readonly me: Me | null;
  /** How the last session ended; `null` while signed in. */
  readonly end: SessionEnded | null;
  /** The last read failed; it says nothing about the session. */
  readonly error: Error | null;
}

/**
 * The session of the client, which is created outside of components. Asks the service at first whether there is one, and
 * reads the user again when the account changes.
 */
export function useSession(client: LatchkeyClient): SessionView {
  const state = useSignInState(client);
  const { value, error } = useAccountValue(client, client.me, state !== 'signed_out');
  return { state, me: state === 'signed_in' ? value : null, end: client.lastEnd, error };
}

export interface DevicesView {
  /** `null` until they have been read, and while signed out. */
  readonly devices: readonly Device[] | null;
  readonly error: Error | null;
  /** Only with `live` are changes shown as they happen. */
  readonly live: LiveState;
}

/** The devices of the user, read again whenever they change. */
export function useDevices(client: LatchkeyClient): DevicesView {
  const state = useSignInState(client);
  const live = useSyncExternalStore(
    useCallback((onChange) => client.on('live', onChange), [client]),
    () => client.live,
    () => 'closed' as const,
  );
  const isSignedIn = state === 'signed_in';
  const { value, error } = useAccountValue(client, client.devices.list, isSignedIn);
  return { devices: isSignedIn ? value : null, error, live };
}

function useSignInState(client: LatchkeyClient): SignInState {
  return useSyncExternalStore(
    useCallback((onChange) => client.on('state', onChange), [client]),
    () => client.state,
    () => 'unknown',
  );
}

interface Read<T> {
  readonly value: T | null;
  readonly error: Error | null;
}

function useAccountValue<T>(
  client: LatchkeyClient,
  load: (options: { passive: boolean }) => Promise<T>,
  isEnabled: boolean,
): Read<T> {
  const [read, setRead] = useState<Read<T>>({ value: null, error: null });
  useEffect(() => {
    if (!isEnabled) return setRead({ value: null, error: null });
    let newest = 0;
    const reload = async (passive: boolean) => {
      newest += 1;
      const own = newest;
      // An older read that answers later, or after the component has gone, is not shown.
      const show = (next: (last: Read<T>) => Read<T>) => {
        if (own === newest) setRead(next);
      };
      try {
        const value = await load({ passive });
        show(() => ({ value, error: null }));
      } catch (error) {
        show(({ value }) => ({ value, error: error as Error }));
      }
    };
    void reload(false);
    const remove = client.on('account', () => void reload(true));
    return () => {
      newest += 1;
      remove();
    };
  }, [client, load, isEnabled]);
  return read;
}

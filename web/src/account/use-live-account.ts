import { useEffect, useRef, useState } from 'preact/hooks';
import { type StreamState, subscribeToAccount } from '../api/account-events';
import type { SignedOut } from '../api/errors';
import type { Device, User } from '../api/types';
import { useAnnounce } from '../ui/announcer';
import { describeDeviceChanges } from './device-changes';
import { useAccount } from './use-account';
import { useHeadingFocus } from './use-heading-focus';
import type { RevokedHere } from './use-revoked-here';

/** The account as it changes: loaded at first, reloaded on every event, with changes to the devices announced. */
export function useLiveAccount(
  user: User,
  revokedHere: RevokedHere,
  handleSignedOut: (error: SignedOut) => void,
) {
  const announce = useAnnounce();
  const [streamState, setStreamState] = useState<StreamState>('connecting');

  const handleDevicesLoaded = (before: readonly Device[] | null, after: readonly Device[]) => {
    const changes = before ? describeDeviceChanges(before, after, revokedHere.has) : [];
    if (changes.length > 0) announce(changes.join(' '));
    rememberFocus();
  };
  const { account, reload } = useAccount(user, {
    onDevicesLoaded: handleDevicesLoaded,
    onSignedOut: handleSignedOut,
  });
  const { heading, rememberFocus } = useHeadingFocus(account.devices);
  const error = useRef<unknown>(null);
  error.current = account.error;

  useEffect(() => {
    void reload(false);
    return subscribeToAccount({
      onChange: () => void reload(true),
      // The last read failed, perhaps only because of the network.
      onHeartbeat: () => error.current !== null && void reload(true),
      onEnd: handleSignedOut,
      onState: setStreamState,
    });
  }, [reload, handleSignedOut]);

  const isCurrent = account.error === null && !account.isLate;
  const liveState = streamState === 'live' && !isCurrent ? 'connecting' : streamState;
  return { account, reload, liveState, heading };
}

import { useEffect, useState } from 'preact/hooks';
import { subscribeToAccount } from '../api/account-events';
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
  const [isConnected, setIsConnected] = useState(false);

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

  useEffect(() => {
    void reload(false);
    return subscribeToAccount({
      onChange: () => void reload(true),
      onEnd: handleSignedOut,
      onConnected: setIsConnected,
    });
  }, [reload, handleSignedOut]);

  return { account, reload, isConnected, heading };
}

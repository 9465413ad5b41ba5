import type { LiveState as ClientLiveState, Device, Me } from '@latchkey/client/cookie-client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { client } from '../api/client';
import { useAnnounce } from '../ui/announcer';
import { describeDeviceChanges } from './device-changes';
import { useAccount } from './use-account';
import { useHeadingFocus } from './use-heading-focus';
import type { RevokedHere } from './use-revoked-here';

/** A hidden page counts as connecting. */
export type LiveState = Exclude<ClientLiveState, 'closed'>;

/** The account as it changes: loaded at first, reloaded on every event, with changes to the devices announced. */
export function useLiveAccount(user: Me['user'], revokedHere: RevokedHere, isDialogOpen: boolean) {
  const announce = useAnnounce();
  const [streamState, setStreamState] = useState(client.live);

  const handleDevicesLoaded = (before: readonly Device[] | null, after: readonly Device[]) => {
    const changes = before ? describeDeviceChanges(before, after, revokedHere.has) : [];
    if (changes.length > 0) announce(changes.join(' '));
    rememberFocus();
  };
  const { account, reload, showMore } = useAccount(user, {
    onDevicesLoaded: handleDevicesLoaded,
  });
  const { heading, rememberFocus } = useHeadingFocus(account.devices, isDialogOpen);
  const error = useRef<unknown>(null);
  error.current = account.error;

  useEffect(() => {
    void reload(false);
    setStreamState(client.live);
    const removers = [
      client.on('live', setStreamState),
      // The last read failed, perhaps only because of the network.
      client.on('heartbeat', () => error.current !== null && void reload(true)),
      client.on('account', () => void reload(true)),
    ];
    return () => {
      for (const remove of removers) remove();
    };
  }, [reload]);

  const isCurrent = account.error === null && !account.isLate;
  const isLost = streamState === 'closed' || (streamState === 'live' && !isCurrent);
  const liveState: LiveState = isLost ? 'connecting' : streamState;
  return { account, reload, showMore, liveState, heading, rememberFocus };
}

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { subscribeToAccount } from '../api/account-events';
import type { Device, User } from '../api/types';
import { useAnnounce } from '../ui/announcer';
import { useDocumentTitle } from '../ui/use-document-title';
import { AccountHeader } from './account-header';
import { ConfirmEmailNotice } from './confirm-email-notice';
import { describeDeviceChanges } from './device-changes';
import { DeviceList } from './device-list';
import { EndedSessionList } from './ended-session-list';
import { GeoIpAttribution } from './geoip-attribution';
import { LoadError } from './load-error';
import { PasswordSection } from './password-section';
import { Reauthentication } from './reauthentication';
import { otherDevicesTarget, type RevocationTarget } from './revocation-target';
import { RevokeDialog } from './revoke-dialog';
import { SecurityEventList } from './security-event-list';
import { useAccount } from './use-account';
import { useSessionEnd } from './use-session-end';

interface DevicesViewProps {
  readonly user: User;
  readonly onSignedOut: (notice: string | null) => void;
}

export function DevicesView({ user, onSignedOut }: DevicesViewProps) {
  const { email } = user;
  const announce = useAnnounce();
  const [target, setTarget] = useState<RevocationTarget | null>(null);
  const [isConnected, setIsConnected] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const focused = useRef<string | undefined>(undefined);
  /** What this page itself has ended, and says so. */
  const revokedHere = useRef(new Set<string>());
  const { pendingNotice, handleSignedOut } = useSessionEnd(onSignedOut);

  const onDevicesLoaded = (before: readonly Device[] | null, after: readonly Device[]) => {
    const changes = before ? describeDeviceChanges(before, after, (id) => revokedHere.current.has(id)) : [];
    if (changes.length > 0) announce(changes.join(' '));
    focused.current = document.activeElement?.closest<HTMLElement>('[data-device]')?.dataset.device;
  };
  const { account, reload } = useAccount(user, { onDevicesLoaded, onSignedOut: handleSignedOut });

  useDocumentTitle('Your devices');
  useEffect(() => {
    heading.current?.focus();
    void reload(false);
    return subscribeToAccount({
      onChange: () => void reload(true),
      onEnd: handleSignedOut,
      onConnected: setIsConnected,
    });
  }, [reload, handleSignedOut]);

  // The focus does not fall off the page with the card that it was on.
  useLayoutEffect(() => {
    const isGone = focused.current && !account.devices?.some(({ id }) => id === focused.current);
    if (isGone) heading.current?.focus();
    focused.current = undefined;
  }, [account.devices]);

  const handleRevoked = (done: RevocationTarget, message: string) => {
    setTarget(null);
    if (done.includesCurrent) return onSignedOut(message);
    announce(message);
    void reload(false);
  };
  const whileRevokingOthers = async <T,>(action: () => Promise<T>) => {
    const others = otherDevicesTarget(account.devices ?? []).deviceIds;
    for (const id of others) revokedHere.current.add(id);
    try {
      return await action();
    } catch (error) {
      for (const id of others) revokedHere.current.delete(id);
      throw error;
    }
  };
  return (
    <Reauthentication email={email}>
      <a class="skip" href="#devices">
        Skip to your devices
      </a>
      <AccountHeader
        email={email}
        pendingNotice={pendingNotice}
        onSignedOut={() => onSignedOut('You signed out.')}
      />
      <main class="column" id="devices" tabIndex={-1}>
        <h1 ref={heading} tabIndex={-1}>
          Your devices
        </h1>
        <LoadError error={account.error} onRetry={() => reload(false)} />
        {!account.isConfirmed && <ConfirmEmailNotice email={email} />}
        <DeviceList
          devices={account.devices}
          isConnected={isConnected}
          onRevoke={setTarget}
          onRenamed={() => reload(false)}
        />
        <PasswordSection email={email} whileRevokingOthers={whileRevokingOthers} />
        <EndedSessionList sessions={account.ended} />
        <SecurityEventList events={account.events} />
        <GeoIpAttribution account={account} />
      </main>
      {target && (
        <RevokeDialog
          target={target}
          onStart={() => {
            for (const id of target.deviceIds) revokedHere.current.add(id);
            pendingNotice.current = target.includesCurrent ? target.doneMessage : null;
          }}
          onRevoked={handleRevoked}
          onCancel={() => setTarget(null)}
        />
      )}
    </Reauthentication>
  );
}

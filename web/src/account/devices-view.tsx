import { useState } from 'preact/hooks';
import type { User } from '../api/types';
import { SENDS_MAIL } from '../sends-mail';
import { useAnnounce } from '../ui/announcer';
import { useDocumentTitle } from '../ui/use-document-title';
import { AccountHeader } from './account-header';
import { ConfirmEmailNotice } from './confirm-email-notice';
import { DeviceList } from './device-list';
import { EndedSessionList } from './ended-session-list';
import { GeoIpAttribution } from './geoip-attribution';
import { LoadError } from './load-error';
import { PasswordSection } from './password-section';
import { Reauthentication } from './reauthentication';
import { otherDevicesTarget, type RevocationTarget } from './revocation-target';
import { RevokeDialog } from './revoke-dialog';
import { SecurityEventList } from './security-event-list';
import { useLiveAccount } from './use-live-account';
import { useRevokedHere } from './use-revoked-here';
import { useSessionEnd } from './use-session-end';

interface DevicesViewProps {
  readonly user: User;
  readonly onSignedOut: (notice: string | null) => void;
}

export function DevicesView({ user, onSignedOut }: DevicesViewProps) {
  const { email } = user;
  const announce = useAnnounce();
  const [target, setTarget] = useState<RevocationTarget | null>(null);
  const revokedHere = useRevokedHere();
  const { withNotice, handleSignedOut } = useSessionEnd(onSignedOut);
  const { account, reload, liveState, heading } = useLiveAccount(user, revokedHere, handleSignedOut);
  useDocumentTitle('Your devices');

  const handleRevoked = (message: string) => {
    setTarget(null);
    if (target?.includesCurrent) return onSignedOut(message);
    announce(message);
    void reload(false);
  };
  return (
    <Reauthentication email={email}>
      <a class="skip" href="#devices">
        Skip to your devices
      </a>
      <AccountHeader email={email} withNotice={withNotice} onSignedOut={onSignedOut} />
      <main class="column" id="devices" tabIndex={-1}>
        <h1 ref={heading} tabIndex={-1}>
          Your devices
        </h1>
        <LoadError error={account.error} onRetry={() => reload(false)} />
        {SENDS_MAIL && !account.isConfirmed && <ConfirmEmailNotice email={email} />}
        <DeviceList
          devices={account.devices}
          liveState={liveState}
          onRevoke={setTarget}
          onRenamed={() => reload(false)}
        />
        <PasswordSection
          email={email}
          whileRevokingOthers={(action) =>
            revokedHere.during(otherDevicesTarget(account.devices ?? []).deviceIds, action)
          }
        />
        <EndedSessionList sessions={account.ended} />
        <SecurityEventList events={account.events} />
        <GeoIpAttribution account={account} />
      </main>
      {target && (
        <RevokeDialog
          target={target}
          withNotice={withNotice}
          revokedHere={revokedHere}
          onRevoked={handleRevoked}
          onCancel={() => setTarget(null)}
        />
      )}
    </Reauthentication>
  );
}

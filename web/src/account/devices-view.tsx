import type { Me } from '@latchkey/client/cookie-client';
import { useEffect, useState } from 'preact/hooks';
import { saveLanguage } from '../api/language';
import { accountMessages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
import { useAnnounce } from '../ui/announcer';
import { PageFooter } from '../ui/page-footer';
import { useDocumentTitle } from '../ui/use-document-title';
import { AccountHeader } from './account-header';
import { ConfirmEmailNotice } from './confirm-email-notice';
import { DeviceList } from './device-list';
import { EndedSessionList } from './ended-session-list';
import { ExpiryWarning } from './expiry-warning';
import { GeoIpAttribution } from './geoip-attribution';
import { LoadError } from './load-error';
import { PasswordSection } from './password-section';
import { Reauthentication } from './reauthentication';
import { otherDevicesTarget, type RevocationTarget } from './revocation-target';
import { RevokeDialog } from './revoke-dialog';
import { SecurityEventList } from './security-event-list';
import { SignInQuestions } from './sign-in-questions';
import { useLiveAccount } from './use-live-account';
import { useRevokedHere } from './use-revoked-here';
import { useSessionEnd } from './use-session-end';

interface DevicesViewProps {
  readonly me: Me;
  readonly onSignedOut: (notice: string | null) => void;
}

export function DevicesView({ me: { user, session }, onSignedOut }: DevicesViewProps) {
  const { email } = user;
  const announce = useAnnounce();
  const [target, setTarget] = useState<RevocationTarget | null>(null);
  const [passwordReason, setPasswordReason] = useState<string | null>(null);
  const revokedHere = useRevokedHere();
  const withNotice = useSessionEnd(onSignedOut);
  const { account, reload, showMore, liveState, heading, rememberFocus } = useLiveAccount(
    user,
    revokedHere,
    target !== null,
  );
  useDocumentTitle(accountMessages.account.title);
  // A message about this view says nothing about the next one.
  useEffect(() => () => announce(''), [announce]);

  const handleRevoke = (newTarget: RevocationTarget) => {
    rememberFocus();
    setTarget(newTarget);
  };
  const handleRevoked = (message: string) => {
    setTarget(null);
    if (target?.includesCurrent) return onSignedOut(message);
    announce(message);
    void reload(false);
  };
  return (
    <Reauthentication email={email}>
      <a class="skip" href="#devices">
        {accountMessages.account.skip}
      </a>
      <AccountHeader email={email} withNotice={withNotice} onSignedOut={onSignedOut} />
      <main class="column" id="devices" tabIndex={-1}>
        <h1 ref={heading} tabIndex={-1}>
          {accountMessages.account.title}
        </h1>
        <LoadError error={account.error} onRetry={() => reload(false)} />
        <SignInQuestions
          questions={account.questions}
          revokedHere={revokedHere}
          onAnswered={async () => {
            rememberFocus();
            await reload(false);
          }}
          onRejected={setPasswordReason}
        />
        {PAGE_SETTINGS.sendsMail && !account.isConfirmed && <ConfirmEmailNotice email={email} />}
        <DeviceList
          devices={account.devices}
          liveState={liveState}
          onRevoke={handleRevoke}
          onRenamed={() => reload(false)}
        />
        <PasswordSection
          email={email}
          reason={passwordReason}
          onReasonHandled={() => setPasswordReason(null)}
          whileRevokingOthers={(action) =>
            revokedHere.during(otherDevicesTarget(account.devices ?? []).deviceIds, action)
          }
        />
        <EndedSessionList list={account.ended} onShowMore={showMore.ended} />
        <SecurityEventList list={account.events} onShowMore={showMore.events} />
        <PageFooter onChoose={saveLanguage}>
          <GeoIpAttribution account={account} />
        </PageFooter>
      </main>
      <ExpiryWarning session={session} />
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

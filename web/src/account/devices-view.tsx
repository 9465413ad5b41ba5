import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { watchAccount } from '../api/account-events';
import type { Device, User } from '../api/types';
import { useAnnounce } from '../ui/announcer';
import { useTitle } from '../ui/use-document-title';
import { AccountHeader } from './account-header';
import { Unconfirmed } from './confirm-email-notice';
import { differences } from './device-changes';
import { DeviceList } from './device-list';
import { EndedList } from './ended-session-list';
import { Attribution } from './geoip-attribution';
import { Stale } from './load-error';
import { PasswordSection } from './password-section';
import { Reauthentication } from './reauthentication';
import { type Ending, endingOfOthers } from './revocation-target';
import { EndDialog } from './revoke-dialog';
import { EventList } from './security-event-list';
import { useAccount } from './use-account';
import { useLeaving } from './use-session-end';

interface AccountViewProps {
  readonly user: User;
  readonly onLeave: (notice: string | null) => void;
}

export function AccountView({ user, onLeave }: AccountViewProps) {
  const { email } = user;
  const announce = useAnnounce();
  const [ending, setEnding] = useState<Ending | null>(null);
  const [isLive, setIsLive] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const focused = useRef<string | undefined>(undefined);
  /** What this page itself has ended, and says so. */
  const own = useRef(new Set<string>());
  const { farewell, onSignedOut } = useLeaving(onLeave);

  const onDevices = (before: readonly Device[] | null, after: readonly Device[]) => {
    const news = before ? differences(before, after, (id) => own.current.has(id)) : [];
    if (news.length > 0) announce(news.join(' '));
    focused.current = document.activeElement?.closest<HTMLElement>('[data-device]')?.dataset.device;
  };
  const { account, reload } = useAccount(user, { onDevices, onSignedOut });

  useTitle('Your devices');
  useEffect(() => {
    heading.current?.focus();
    void reload(false);
    return watchAccount({ onChange: () => void reload(true), onEnd: onSignedOut, onLive: setIsLive });
  }, [reload, onSignedOut]);

  // The focus does not fall off the page with the card that it was on.
  useLayoutEffect(() => {
    const isGone = focused.current && !account.devices?.some(({ id }) => id === focused.current);
    if (isGone) heading.current?.focus();
    focused.current = undefined;
  }, [account.devices]);

  const onEnded = (done: Ending, told: string) => {
    setEnding(null);
    if (done.includesThis) return onLeave(told);
    announce(told);
    void reload(false);
  };
  const endingOthers = async <T,>(act: () => Promise<T>) => {
    const others = endingOfOthers(account.devices ?? []).ids;
    for (const id of others) own.current.add(id);
    try {
      return await act();
    } catch (error) {
      for (const id of others) own.current.delete(id);
      throw error;
    }
  };
  return (
    <Reauthentication email={email}>
      <a class="skip" href="#devices">
        Skip to your devices
      </a>
      <AccountHeader email={email} farewell={farewell} onSignedOut={() => onLeave('You signed out.')} />
      <main class="column" id="devices" tabIndex={-1}>
        <h1 ref={heading} tabIndex={-1}>
          Your devices
        </h1>
        <Stale error={account.error} onRetry={() => reload(false)} />
        {!account.isConfirmed && <Unconfirmed email={email} />}
        <DeviceList
          devices={account.devices}
          isLive={isLive}
          onEnd={setEnding}
          onRenamed={() => reload(false)}
        />
        <PasswordSection email={email} endingOthers={endingOthers} />
        <EndedList sessions={account.ended} />
        <EventList events={account.events} />
        <Attribution account={account} />
      </main>
      {ending && (
        <EndDialog
          ending={ending}
          onStart={() => {
            for (const id of ending.ids) own.current.add(id);
            farewell.current = ending.includesThis ? ending.told : null;
          }}
          onEnded={onEnded}
          onCancel={() => setEnding(null)}
        />
      )}
    </Reauthentication>
  );
}

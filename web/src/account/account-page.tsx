import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { me } from '../api/account';
import { SignedOut } from '../api/errors';
import type { User } from '../api/types';
import { toldWhy } from '../copy/end-reasons';
import { AccountView } from './devices-view';
import { StartingView } from './loading-view';
import { EntranceView } from './sign-in-view';

type Shown =
  | { readonly view: 'starting'; readonly error: unknown }
  | { readonly view: 'entrance'; readonly notice: string | null; readonly email: string }
  | { readonly view: 'account'; readonly user: User };

/** Who is here decides what is shown. */
export function AccountPage() {
  const [shown, setShown] = useState<Shown>({ view: 'starting', error: null });
  const email = useRef('');

  const start = useCallback(async () => {
    setShown({ view: 'starting', error: null });
    try {
      const { user } = await me();
      email.current = user.email;
      setShown({ view: 'account', user });
    } catch (error) {
      if (error instanceof SignedOut) setShown({ view: 'entrance', notice: toldWhy(error), email: '' });
      else setShown({ view: 'starting', error });
    }
  }, []);
  useEffect(() => void start(), [start]);

  const leave = useCallback((notice: string | null) => {
    setShown((before) =>
      before.view === 'account' ? { view: 'entrance', notice, email: email.current } : before,
    );
  }, []);

  if (shown.view === 'account') return <AccountView user={shown.user} onLeave={leave} />;
  if (shown.view === 'entrance') return <EntranceView {...shown} onEntered={start} />;
  return <StartingView error={shown.error} onRetry={start} />;
}

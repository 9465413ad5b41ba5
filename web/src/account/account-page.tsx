import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { me } from '../api/account';
import { SignedOut } from '../api/errors';
import type { User } from '../api/types';
import { signOutNotice } from '../copy/end-reasons';
import { DevicesView } from './devices-view';
import { LoadingView } from './loading-view';
import { returnToPage } from './return-path';
import { SignInView } from './sign-in-view';

type View =
  | { readonly name: 'loading'; readonly error: unknown }
  | { readonly name: 'sign-in'; readonly notice: string | null; readonly email: string }
  | { readonly name: 'devices'; readonly user: User };

/** Shows the devices to a signed-in user, and the sign-in form to anyone else. */
export function AccountPage() {
  const [view, setView] = useState<View>({ name: 'loading', error: null });
  const email = useRef('');

  const load = useCallback(async () => {
    setView({ name: 'loading', error: null });
    try {
      const { user } = await me();
      if (returnToPage()) return;
      email.current = user.email;
      setView({ name: 'devices', user });
    } catch (error) {
      if (error instanceof SignedOut) setView({ name: 'sign-in', notice: signOutNotice(error), email: '' });
      else setView({ name: 'loading', error });
    }
  }, []);
  useEffect(() => void load(), [load]);

  const showSignIn = useCallback((notice: string | null) => {
    setView((before) =>
      before.name === 'devices' ? { name: 'sign-in', notice, email: email.current } : before,
    );
  }, []);

  if (view.name === 'devices') return <DevicesView user={view.user} onSignedOut={showSignIn} />;
  if (view.name === 'sign-in') return <SignInView {...view} onSignedIn={load} />;
  return <LoadingView error={view.error} onRetry={load} />;
}

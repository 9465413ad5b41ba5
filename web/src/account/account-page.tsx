import type { Me } from '@latchkey/client/cookie-client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { client } from '../api/client';
import { signOutNotice } from '../copy/end-reasons';
import { followsAccountLanguage } from '../language-choice';
import { messages } from '../messages';
import { DevicesView } from './devices-view';
import { LoadingView } from './loading-view';
import { returnToPage } from './return-path';
import { SignInView } from './sign-in-view';

type View =
  | { readonly name: 'loading'; readonly error: unknown }
  | { readonly name: 'sign-in'; readonly notice: string | null; readonly email: string }
  | { readonly name: 'devices'; readonly me: Me };

/** Shows the devices to a signed-in user, and the sign-in form to anyone else. */
export function AccountPage() {
  const [view, setView] = useState<View>({ name: 'loading', error: null });
  const email = useRef('');

  const load = useCallback(async (hasJustSignedIn: boolean) => {
    setView({ name: 'loading', error: null });
    try {
      const loaded = await client.me();
      if (!loaded) {
        const lost = hasJustSignedIn ? messages.errors.codes.cookies_not_kept : null;
        const notice = client.lastEnd && signOutNotice(client.lastEnd);
        return setView({ name: 'sign-in', notice: notice ?? lost, email: '' });
      }
      if (hasJustSignedIn && followsAccountLanguage()) return;
      if (returnToPage()) return;
      email.current = loaded.user.email;
      setView({ name: 'devices', me: loaded });
    } catch (error) {
      setView({ name: 'loading', error });
    }
  }, []);
  useEffect(() => void load(false), [load]);

  const showSignIn = useCallback((notice: string | null) => {
    setView((before) =>
      before.name === 'devices' ? { name: 'sign-in', notice, email: email.current } : before,
    );
  }, []);

  if (view.name === 'devices') return <DevicesView me={view.me} onSignedOut={showSignIn} />;
  if (view.name === 'sign-in') return <SignInView {...view} onSignedIn={() => load(true)} />;
  return <LoadingView error={view.error} onRetry={() => load(false)} />;
}

import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { SignedOut } from '../api/errors';
import { signOutNotice } from '../copy/end-reasons';

const REASON_WAIT_MS = 1_000;

/** Leaves the account when its session is over, with the reason that is known. */
export function useSessionEnd(onSignedOut: (notice: string | null) => void) {
  /** What is said when the session ends by something that this page has under way. */
  const pendingNotice = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const handleSignedOut = useCallback(
    (error: SignedOut) => {
      const notice = pendingNotice.current ?? signOutNotice(error);
      if (notice !== null) onSignedOut(notice);
      // The answer to another tab took the cookies, and with them the reason. The stream is about to tell it.
      else timer.current ??= setTimeout(() => onSignedOut(null), REASON_WAIT_MS);
    },
    [onSignedOut],
  );
  return { pendingNotice, handleSignedOut };
}

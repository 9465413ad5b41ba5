import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { SignedOut } from '../api/errors';
import { signOutNotice } from '../copy/end-reasons';

const REASON_WAIT_MS = 1_000;

/**
 * Runs an action that may end this session. If the session ends before the action is answered, `notice` is shown
 * instead of the reason: the event stream may be faster than the response.
 */
export type WithNotice = <T>(notice: string | null, action: () => Promise<T>) => Promise<T>;

/** Shows the sign-in view when the session has ended, with the reason if it is known. */
export function useSessionEnd(onSignedOut: (notice: string | null) => void) {
  const pendingNotice = useRef<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const withNotice = useCallback<WithNotice>(async (notice, action) => {
    pendingNotice.current = notice;
    try {
      return await action();
    } catch (error) {
      pendingNotice.current = null;
      throw error;
    }
  }, []);
  const handleSignedOut = useCallback(
    (error: SignedOut) => {
      const notice = pendingNotice.current ?? signOutNotice(error);
      if (notice !== null) onSignedOut(notice);
      // The response to another tab cleared the cookies, so this request could not learn the reason. The event
      // stream is about to deliver it.
      else timer.current ??= setTimeout(() => onSignedOut(null), REASON_WAIT_MS);
    },
    [onSignedOut],
  );
  return { withNotice, handleSignedOut };
}

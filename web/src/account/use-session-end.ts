import { useCallback, useEffect, useRef } from 'preact/hooks';
import { client } from '../api/client';
import { signOutNotice } from '../copy/end-reasons';

/**
 * Runs an action that may end this session. If the session ends before the action is answered, `notice` is shown
 * instead of the reason: the event stream may be faster than the response.
 */
export type WithNotice = <T>(notice: string | null, action: () => Promise<T>) => Promise<T>;

/** Shows the sign-in view when the session has ended, with the reason if it is known. */
export function useSessionEnd(onSignedOut: (notice: string | null) => void): WithNotice {
  const pendingNotice = useRef<string | null>(null);
  useEffect(() => {
    const show = (end: NonNullable<typeof client.lastEnd>) =>
      onSignedOut(pendingNotice.current ?? signOutNotice(end));
    // Just before this view was shown.
    if (client.lastEnd) show(client.lastEnd);
    return client.on('session_ended', show);
  }, [onSignedOut]);

  return useCallback(async (notice, action) => {
    pendingNotice.current = notice;
    try {
      return await action();
    } catch (error) {
      pendingNotice.current = null;
      throw error;
    }
  }, []);
}

import { useCallback, useEffect, useRef } from 'preact/hooks';
import type { SignedOut } from '../api/errors';
import { toldWhy } from '../copy/end-reasons';

const REASON_WAIT_MS = 1_000;

/** Leaves the account when its session is over, with the reason that is known. */
export function useLeaving(onLeave: (notice: string | null) => void) {
  /** What is said when the session ends by something that this page has under way. */
  const farewell = useRef<string | null>(null);
  const leaving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(leaving.current), []);
  const onSignedOut = useCallback(
    (end: SignedOut) => {
      const told = farewell.current ?? toldWhy(end);
      if (told !== null) onLeave(told);
      // The answer to another tab took the cookies, and with them the reason. The stream is about to tell it.
      else leaving.current ??= setTimeout(() => onLeave(null), REASON_WAIT_MS);
    },
    [onLeave],
  );
  return { farewell, onSignedOut };
}

import type { Me } from '@latchkey/client/cookie-client';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { knownSession } from '../api/account';
import { client } from '../api/client';
import { type SessionExpiry, sessionExpiry } from './session-expiry';

const TICK_MS = 1_000;
/** How often the expiry is read again while it is near: another tab may have used the session. */
const READ_MS = 5_000;

interface NearExpiry {
  readonly secondsLeft: number;
  readonly isFinal: boolean;
}

/** @returns `near`: when to warn that the session is about to expire, otherwise `null` */
export function useSessionExpiry(first: Me['session']) {
  const expiry = useRef<SessionExpiry>(sessionExpiry(first));
  const readAt = useRef(0);
  const [near, setNear] = useState<NearExpiry | null>(null);

  const show = useCallback(() => {
    const { warnAt, expiresAt, isFinal } = expiry.current;
    const now = client.serverNow();
    setNear(now < warnAt ? null : { isFinal, secondsLeft: Math.max(0, Math.ceil((expiresAt - now) / 1000)) });
  }, []);
  const note = useCallback(
    (session: Me['session']) => {
      expiry.current = sessionExpiry(session);
      show();
    },
    [show],
  );
  useEffect(() => {
    const tick = async () => {
      if (client.serverNow() < expiry.current.warnAt) return show();
      if (performance.now() - readAt.current >= READ_MS) {
        readAt.current = performance.now();
        const session = await knownSession();
        if (session) expiry.current = sessionExpiry(session);
      }
      show();
    };
    const timer = setInterval(() => void tick(), TICK_MS);
    return () => clearInterval(timer);
  }, [show]);
  return { near, note };
}

import { useEffect, useState } from 'preact/hooks';
import { serverNow } from '../api/server-time';
import { formatExactTime, formatRelativeTime } from '../copy/format-time';

const TICK_MS = 10_000;

/** A relative time that updates itself, with the exact time as a tooltip. */
export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={formatExactTime(at)}>
      {formatRelativeTime(at, Math.max(now, serverNow()))}
    </time>
  );
}

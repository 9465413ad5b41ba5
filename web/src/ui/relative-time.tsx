import { useEffect, useState } from 'preact/hooks';
import { client } from '../api/client';
import { formatExactTime, formatRelativeTime } from '../copy/format-time';

const TICK_MS = 10_000;

/** A relative time that updates itself, with the exact time as a tooltip. */
export function RelativeTime({ at }: { at: string }) {
  const [now, setNow] = useState(client.serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(client.serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={formatExactTime(at)}>
      {formatRelativeTime(at, Math.max(now, client.serverNow()))}
    </time>
  );
}

import type { SecurityEvent } from '../api/types';
import { describeSecurityEvent } from '../copy/security-events';
import { RelativeTime } from '../ui/relative-time';

export function SecurityEventList({ events }: { events: readonly SecurityEvent[] | null }) {
  if (!events) return null;
  return (
    <section aria-labelledby="events">
      <h2 id="events">Recent security activity</h2>
      {events.length === 0 && <p class="aside">No recent security activity.</p>}
      <ul class="rows">
        {events.map((event) => (
          <SecurityEventRow key={event.id} event={event} />
        ))}
      </ul>
    </section>
  );
}

function SecurityEventRow({ event }: { event: SecurityEvent }) {
  const device = typeof event.detail.device === 'string' ? event.detail.device : null;
  const location = [event.place, event.address].filter(Boolean).join(' · ');
  return (
    <li>
      <div>
        <p>
          {describeSecurityEvent(event)}
          {device && (
            <>
              : <bdi>{device}</bdi>
            </>
          )}
        </p>
        <p class="aside">
          <RelativeTime at={event.at} />
          {location && <> · {location}</>}
        </p>
      </div>
    </li>
  );
}

import type { SecurityEvent } from '../api/types';
import { whatHappened } from '../copy/security-events';
import { When } from '../ui/relative-time';

export function EventList({ events }: { events: readonly SecurityEvent[] | null }) {
  if (!events) return null;
  return (
    <section aria-labelledby="events">
      <h2 id="events">Security events</h2>
      {events.length === 0 && <p class="aside">Nothing to report.</p>}
      <ul class="rows">
        {events.map((event) => {
          const device = typeof event.detail.device === 'string' ? event.detail.device : null;
          const from = [event.place, event.address].filter(Boolean).join(' · ');
          return (
            <li key={event.id}>
              <div>
                <p>
                  {whatHappened(event)}
                  {device && (
                    <>
                      : <bdi>{device}</bdi>
                    </>
                  )}
                </p>
                <p class="aside">
                  <When at={event.at} />
                  {from && <> · {from}</>}
                </p>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

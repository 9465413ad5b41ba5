import type { EndedSession } from '../api/types';
import { describeEndReason } from '../copy/end-reasons';
import { formatLocation } from '../copy/format-location';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';

export function EndedSessionList({ sessions }: { sessions: readonly EndedSession[] | null }) {
  if (!sessions) return null;
  return (
    <section aria-labelledby="ended">
      <h2 id="ended">Ended sessions</h2>
      {sessions.length === 0 && <p class="aside">No sessions ended in the last 30 days.</p>}
      <ul class="rows">
        {sessions.map((session) => (
          <li key={session.id}>
            <Icon name={session.device_kind} />
            <div>
              <p>
                <bdi>{session.device_name}</bdi>
              </p>
              <p class="aside">
                {describeEndReason(session.reason)} · <RelativeTime at={session.ended_at} />
                {formatLocation(session) && <> · {formatLocation(session)}</>}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

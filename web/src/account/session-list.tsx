import type { Device, Session } from '../api/types';
import { where } from '../copy/format-location';
import { When } from '../ui/relative-time';

interface SessionListProps {
  readonly device: Device;
  readonly onEnd: (session: Session) => void;
}

/** Several sessions of one device: it has signed in several times without signing out. */
export function SessionList({ device, onEnd }: SessionListProps) {
  const { sessions } = device;
  return (
    <details class="sessions">
      <summary>
        {sessions.length === 1 ? '1 session' : `${sessions.length} sessions`}
        <span class="hidden-text">
          {' '}
          on <bdi>{device.name}</bdi>
        </span>
      </summary>
      <ul>
        {sessions.map((session, place) => (
          <li key={session.id}>
            <p>
              Signed in <When at={session.created_at} />
              {session.current ? (
                ', this session'
              ) : (
                <>
                  , last seen <When at={session.last_seen_at} />
                </>
              )}
              {where(session) && <> · {where(session)}</>}
            </p>
            {!session.current && (
              <button type="button" class="link" onClick={() => onEnd(session)}>
                End
                <span class="hidden-text">
                  {' '}
                  session {place + 1} on <bdi>{device.name}</bdi>
                </span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

import type { Device, Session } from '../api/types';
import { formatLocation } from '../copy/format-location';
import { RelativeTime } from '../ui/relative-time';

interface SessionListProps {
  readonly device: Device;
  readonly onRevoke: (session: Session) => void;
}

/** Several sessions of one device: it has signed in several times without signing out. */
export function SessionList({ device, onRevoke }: SessionListProps) {
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
        {sessions.map((session, index) => (
          <li key={session.id}>
            <p>
              Signed in <RelativeTime at={session.created_at} />
              {session.current ? (
                ', this session'
              ) : (
                <>
                  , last seen <RelativeTime at={session.last_seen_at} />
                </>
              )}
              {formatLocation(session) && <> · {formatLocation(session)}</>}
            </p>
            {!session.current && (
              <button type="button" class="link" onClick={() => onRevoke(session)}>
                End
                <span class="hidden-text">
                  {' '}
                  session {index + 1} on <bdi>{device.name}</bdi>
                </span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

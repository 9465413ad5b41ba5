import type { Device, Session } from '../api/types';
import { formatLocation } from '../copy/format-location';
import { RelativeTime } from '../ui/relative-time';

interface SessionListProps {
  readonly device: Device;
  readonly onRevoke: (session: Session) => void;
}

/** A device has several sessions if it signed in several times without signing out. */
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
          <SessionRow
            key={session.id}
            session={session}
            number={index + 1}
            deviceName={device.name}
            onRevoke={() => onRevoke(session)}
          />
        ))}
      </ul>
    </details>
  );
}

interface SessionRowProps {
  readonly session: Session;
  readonly number: number;
  readonly deviceName: string;
  readonly onRevoke: () => void;
}

function SessionRow({ session, number, deviceName, onRevoke }: SessionRowProps) {
  const location = formatLocation(session);
  return (
    <li>
      <p>
        Signed in <RelativeTime at={session.created_at} />
        {session.current ? (
          ', current session'
        ) : (
          <>
            , last active <RelativeTime at={session.last_seen_at} />
          </>
        )}
        {location && <> · {location}</>}
      </p>
      {!session.current && (
        <button type="button" class="link" onClick={onRevoke}>
          Sign out
          <span class="hidden-text">
            {' '}
            session {number} on <bdi>{deviceName}</bdi>
          </span>
        </button>
      )}
    </li>
  );
}

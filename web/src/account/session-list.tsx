import type { Device, Session } from '@latchkey/client/cookie-client';
import { useId } from 'preact/hooks';
import { formatLocation } from '../copy/format-location';
import { accountMessages, messages } from '../messages';
import { RelativeTime } from '../ui/relative-time';

interface SessionListProps {
  readonly device: Device;
  readonly onRevoke: (session: Session) => void;
}

/** A device has several sessions if it signed in several times without signing out. */
export function SessionList({ device, onRevoke }: SessionListProps) {
  const titleId = useId();
  const { name, sessions, session_count } = device;
  return (
    <div class="sessions">
      <p id={titleId} class="sessions-title">
        {session_count > sessions.length
          ? accountMessages.sessions.countShown(session_count, sessions.length)
          : accountMessages.sessions.count(session_count)}
      </p>
      <ul aria-labelledby={titleId}>
        {sessions.map((session, index) => (
          <SessionRow
            key={session.id}
            session={session}
            number={index + 1}
            deviceName={name}
            onRevoke={() => onRevoke(session)}
          />
        ))}
      </ul>
    </div>
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
  const signedIn = <RelativeTime at={session.created_at} />;
  return (
    <li>
      <p>
        {session.current
          ? accountMessages.sessions.current(signedIn)
          : accountMessages.sessions.other(signedIn, <RelativeTime at={session.last_seen_at} />)}
        {location && <> · {location}</>}
      </p>
      {!session.current && (
        <button type="button" class="link" onClick={onRevoke}>
          {messages.common.signOut}
          <span class="hidden-text">{accountMessages.sessions.signOut(number, <bdi>{deviceName}</bdi>)}</span>
        </button>
      )}
    </li>
  );
}

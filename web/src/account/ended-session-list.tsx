import type { EndedSession } from '@latchkey/client/cookie-client';
import type { PagedList } from '../api/paged-list';
import { shownName } from '../copy/device-name';
import { describeEndReason } from '../copy/end-reasons';
import { formatLocation } from '../copy/format-location';
import { accountMessages } from '../messages';
import { Icon } from '../ui/icon';
import { RelativeTime } from '../ui/relative-time';
import { PagedSection } from './paged-section';

interface EndedSessionListProps {
  readonly list: PagedList<EndedSession> | null;
  readonly onShowMore: () => Promise<void>;
}

export function EndedSessionList({ list, onShowMore }: EndedSessionListProps) {
  if (!list) return null;
  return (
    <PagedSection
      title={accountMessages.sessions.endedTitle}
      empty={accountMessages.sessions.noneEnded}
      list={list}
      onShowMore={onShowMore}
    >
      {(session) => (
        <>
          <Icon name={session.device_kind} />
          <div>
            <p>
              <bdi>{shownName(session.device_name)}</bdi>
            </p>
            <p class="aside">
              {describeEndReason(session.reason)} · <RelativeTime at={session.ended_at} />
              {formatLocation(session) && <> · {formatLocation(session)}</>}
            </p>
          </div>
        </>
      )}
    </PagedSection>
  );
}

import type { SecurityEvent } from '@latchkey/client/cookie-client';
import type { PagedList } from '../api/paged-list';
import { shownName } from '../copy/device-name';
import { formatEventPlace } from '../copy/format-location';
import { describeSecurityEvent } from '../copy/security-events';
import { accountMessages } from '../messages';
import { RelativeTime } from '../ui/relative-time';
import { PagedSection } from './paged-section';

interface SecurityEventListProps {
  readonly list: PagedList<SecurityEvent> | null;
  readonly onShowMore: () => Promise<void>;
}

export function SecurityEventList({ list, onShowMore }: SecurityEventListProps) {
  if (!list) return null;
  return (
    <PagedSection
      title={accountMessages.events.title}
      empty={accountMessages.events.none}
      list={list}
      onShowMore={onShowMore}
    >
      {(event) => <SecurityEventText event={event} />}
    </PagedSection>
  );
}

function SecurityEventText({ event }: { event: SecurityEvent }) {
  const device = textOf(event.detail.device);
  return (
    <div>
      <p>
        {device
          ? accountMessages.events.ofDevice(describeSecurityEvent(event), <bdi>{device}</bdi>)
          : describeSecurityEvent(event)}
      </p>
      <SecurityEventOrigin event={event} />
    </div>
  );
}

/** When it happened, by which client and from where. */
export function SecurityEventOrigin({ event }: { event: SecurityEvent }) {
  const client = textOf(event.detail.client);
  const origin = [client, formatEventPlace(event), event.address].filter(Boolean).join(' · ');
  return (
    <p class="aside">
      <RelativeTime at={event.at} />
      {origin && <> · {origin}</>}
    </p>
  );
}

function textOf(detail: unknown): string | null {
  return typeof detail === 'string' ? shownName(detail) : null;
}

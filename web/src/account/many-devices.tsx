import type { Device } from '@latchkey/client/cookie-client';
import { useId, useState } from 'preact/hooks';
import { client } from '../api/client';
import { accountMessages } from '../messages';
import { Button } from '../ui/button';
import { type DeviceGroup, firstDevices, groupDevices, matchesQuery } from './device-groups';
import type { DeviceListProps } from './device-list';
import { DeviceRow } from './device-row';
import {
  allDevicesTarget,
  deviceTarget,
  otherDevicesTarget,
  sessionTarget,
  someDevicesTarget,
} from './revocation-target';
import { type Selection, useSelection } from './use-selection';

const SHOWN_AT_FIRST = 50;

/** Groups by last activity, with a search and a selection. */
export function ManyDevices({ devices, onRevoke, onRenamed }: DeviceListProps) {
  const [query, setQuery] = useState('');
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const selection = useSelection(devices);
  const found = devices.filter((device) => matchesQuery(device, query));
  const groups = groupDevices(found, client.serverNow());
  const selected = devices.filter(selection.has);
  return (
    <>
      <div class="tools">
        <SearchField
          label={accountMessages.devices.search}
          onQuery={(text) => {
            setQuery(text);
            setShown(SHOWN_AT_FIRST);
          }}
        />
        <Button variant="danger" onClick={() => onRevoke(otherDevicesTarget(devices))}>
          {accountMessages.devices.signOutOthers}
        </Button>
      </div>
      <p class="aside" role="status">
        {query.trim() && accountMessages.devices.found(found.length)}
      </p>
      {firstDevices(groups, shown).map((group) => (
        <Group
          key={group.title}
          group={groups.find(({ title }) => title === group.title) ?? group}
          selection={selection}
        >
          {group.devices.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              selection={selection}
              onRevoke={() => onRevoke(deviceTarget(device))}
              onRevokeSession={(session) => onRevoke(sessionTarget(session, device))}
              onRenamed={onRenamed}
            />
          ))}
        </Group>
      ))}
      <div class="buttons">
        {found.length > shown && (
          <Button onClick={() => setShown(shown + SHOWN_AT_FIRST)}>
            {accountMessages.devices.showMore(Math.min(SHOWN_AT_FIRST, found.length - shown))}
          </Button>
        )}
        <Button onClick={() => onRevoke(allDevicesTarget(devices))}>
          {accountMessages.devices.signOutEverywhere}
        </Button>
      </div>
      {selected.length > 0 && (
        <SelectionBar
          selected={selected}
          onClear={selection.clear}
          onRevoke={() => onRevoke(someDevicesTarget(selected))}
        />
      )}
    </>
  );
}

function SearchField({ label, onQuery }: { label: string; onQuery: (query: string) => void }) {
  return (
    <div class="search">
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => onQuery(currentTarget.value)}
      />
    </div>
  );
}

interface GroupProps {
  /** With all of its devices, of which `children` may show only the first. */
  readonly group: DeviceGroup;
  readonly selection: Selection;
  readonly children: preact.ComponentChildren;
}

function Group({ group: { title, devices }, selection, children }: GroupProps) {
  const titleId = useId();
  const others = devices.filter(({ current }) => !current);
  const count = others.filter(selection.has).length;
  return (
    <section class="device-group" aria-labelledby={titleId}>
      <div class="group-title">
        {others.length > 0 && (
          <input
            type="checkbox"
            aria-label={accountMessages.devices.selectAll(title)}
            checked={count === others.length}
            ref={(box) => {
              if (box) box.indeterminate = count > 0 && count < others.length;
            }}
            onChange={({ currentTarget }) => selection.set(others, currentTarget.checked)}
          />
        )}
        <h2 id={titleId}>
          {title} {others.length > 0 && <span class="aside">{others.length}</span>}
        </h2>
      </div>
      <ul class="rows">{children}</ul>
    </section>
  );
}

interface SelectionBarProps {
  readonly selected: readonly Device[];
  readonly onClear: () => void;
  readonly onRevoke: () => void;
}

/** Stays in view while the user selects. */
function SelectionBar({ selected, onClear, onRevoke }: SelectionBarProps) {
  return (
    <div class="selection-bar">
      <p role="status">{accountMessages.devices.selected(selected.length)}</p>
      <button type="button" class="link" onClick={onClear}>
        {accountMessages.devices.clearSelection}
      </button>
      <Button variant="danger" onClick={onRevoke}>
        {accountMessages.devices.signOutSelected(selected.length)}
      </Button>
    </div>
  );
}

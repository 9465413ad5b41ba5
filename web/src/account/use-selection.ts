import type { Device } from '@latchkey/client/cookie-client';
import { useState } from 'preact/hooks';

export interface Selection {
  has(device: Device): boolean;
  set(devices: readonly Device[], isSelected: boolean): void;
  clear(): void;
}

/** Which devices the user has selected. One that leaves the list is not selected when it returns. */
export function useSelection(devices: readonly Device[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const has = ({ id }: Device) => ids.has(id);
  const present = devices.filter(has);
  if (present.length < ids.size) setIds(new Set(present.map(({ id }) => id)));
  return {
    has,
    set: (changed, isSelected) => {
      const next = new Set(ids);
      for (const { id } of changed) isSelected ? next.add(id) : next.delete(id);
      setIds(next);
    },
    clear: () => setIds(new Set()),
  };
}

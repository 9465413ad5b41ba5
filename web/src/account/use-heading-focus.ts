import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Device } from '../api/types';

/** Focuses the heading at first, and again when the device card that had the focus disappears. */
export function useHeadingFocus(devices: readonly Device[] | null) {
  const heading = useRef<HTMLHeadingElement>(null);
  const focusedDeviceId = useRef<string | undefined>(undefined);

  useEffect(() => heading.current?.focus(), []);

  useLayoutEffect(() => {
    const isGone = focusedDeviceId.current && !devices?.some(({ id }) => id === focusedDeviceId.current);
    if (isGone) heading.current?.focus();
    focusedDeviceId.current = undefined;
  }, [devices]);

  /** Called before the list of devices changes. */
  const rememberFocus = useCallback(() => {
    const card = document.activeElement?.closest<HTMLElement>('[data-device]');
    focusedDeviceId.current = card?.dataset.device;
  }, []);

  return { heading, rememberFocus };
}

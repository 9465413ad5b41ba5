import type { Device } from '@latchkey/client/cookie-client';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Focuses the heading at first, and again when what had the focus disappears with a device. What opened a dialog gets the
 * focus back when it closes, and may have disappeared by then.
 */
export function useHeadingFocus(devices: readonly Device[] | null, isDialogOpen: boolean) {
  const heading = useRef<HTMLHeadingElement>(null);
  const focused = useRef<Element | null>(null);

  useEffect(() => heading.current?.focus(), []);

  useLayoutEffect(() => {
    if (isDialogOpen) return;
    if (focused.current?.isConnected === false) heading.current?.focus();
    focused.current = null;
  }, [devices, isDialogOpen]);

  /** Called before the list of devices changes, and before a dialog opens. */
  const rememberFocus = useCallback(() => {
    if (!document.activeElement?.closest('dialog')) focused.current = document.activeElement;
  }, []);

  return { heading, rememberFocus };
}

import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';

export type Announce = (text: string, kind?: 'status' | 'alert') => void;

const AnnounceContext = createContext<Announce>(() => {});
const VISIBLE_MS = 8_000;

/** Announces a message: shown for a few seconds, and read out by screen readers. An empty one removes the last. */
export const useAnnounce = () => useContext(AnnounceContext);

export function Announcer({ children }: { children: ComponentChildren }) {
  const [message, setMessage] = useState<{ text: string; kind: 'status' | 'alert' } | null>(null);
  const announce = useCallback<Announce>(
    (text, kind = 'status') => setMessage(text === '' ? null : { text, kind }),
    [],
  );
  useEffect(() => {
    if (!message) return;
    const timer = setTimeout(() => setMessage(null), VISIBLE_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <AnnounceContext.Provider value={announce}>
      {children}
      {/* Both regions exist before they have text: some screen readers ignore a region added together with its text. */}
      <div class="toasts">
        <div role="status">{message?.kind === 'status' && <p class="toast">{message.text}</p>}</div>
        <div role="alert">{message?.kind === 'alert' && <p class="toast toast-alert">{message.text}</p>}</div>
      </div>
    </AnnounceContext.Provider>
  );
}

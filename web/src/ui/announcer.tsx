import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';

export type Announce = (text: string, kind?: 'status' | 'alert') => void;

const AnnounceContext = createContext<Announce>(() => {});
const VISIBLE_MS = 8_000;

/** Tells what happened: shown for a while, and read out when the screen reader has a moment. */
export const useAnnounce = () => useContext(AnnounceContext);

export function Announcer({ children }: { children: ComponentChildren }) {
  const [message, setMessage] = useState<{ text: string; kind: 'status' | 'alert' } | null>(null);
  const announce = useCallback<Announce>((text, kind = 'status') => setMessage({ text, kind }), []);
  useEffect(() => {
    if (!message) return;
    const timer = setTimeout(() => setMessage(null), VISIBLE_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <AnnounceContext.Provider value={announce}>
      {children}
      {/* Both are there before they say anything: a region that comes with its text is not read by all. */}
      <div class="toasts">
        <div role="status">{message?.kind === 'status' && <p class="toast">{message.text}</p>}</div>
        <div role="alert">{message?.kind === 'alert' && <p class="toast toast-alert">{message.text}</p>}</div>
      </div>
    </AnnounceContext.Provider>
  );
}

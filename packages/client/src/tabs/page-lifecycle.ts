export interface PageHandlers {
  /** The page is being closed, or kept for the back button. */
  onHide(): void;
  /** It was kept, and is shown again. */
  onShow(): void;
  /** The browser had frozen it. */
  onResume(): void;
  /** The user has left for another tab. */
  onLeave(): void;
  /** The user is back, or the network is. The page may have missed something. */
  onReturn(): void;
}

/** @returns a function that ends this */
export function watchPage({ onHide, onShow, onResume, onLeave, onReturn }: PageHandlers): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;
  const returned = () => isHidden() || onReturn();
  addEventListener('pagehide', onHide, { signal });
  addEventListener('pageshow', ({ persisted }) => persisted && onShow(), { signal });
  document.addEventListener('resume', onResume, { signal });
  document.addEventListener('visibilitychange', () => (isHidden() ? onLeave() : onReturn()), { signal });
  for (const event of ['focus', 'online']) addEventListener(event, returned, { signal });
  return () => stopped.abort();
}

/** Whether this is a page that the user cannot see. */
export function isHidden(): boolean {
  return typeof document !== 'undefined' && document.hidden;
}

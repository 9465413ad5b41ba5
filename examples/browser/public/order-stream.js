import { call } from './session.js';

const RETRY_MS = 2_000;

/**
 * Receives new orders, and the end of the session, which the server sends before it closes the stream.
 *
 * @param handlers `onOrder(order)` and `onEnd({ code, reason })`; nothing is called after `onEnd`
 * @returns a function that closes the stream
 */
export function openOrderStream({ onOrder, onEnd }) {
  let source;
  let isOpen = true;
  const close = () => {
    isOpen = false;
    source.close();
  };
  const end = (problem) => {
    if (!isOpen) return;
    close();
    onEnd(problem);
  };
  const connect = () => {
    source = new EventSource('/api/orders/events');
    source.addEventListener('order', ({ data }) => onOrder(JSON.parse(data)));
    source.addEventListener('ended', ({ data }) => {
      const problem = JSON.parse(data);
      // Other ends concern the stream and not the session: the browser connects again.
      if (problem.code.startsWith('session_')) end(problem);
    });
    // In other states the browser connects again by itself.
    source.onerror = () => source.readyState === EventSource.CLOSED && checkSession();
  };
  // An EventSource does not say why it was refused; another request does.
  const checkSession = async () => {
    const response = await call('/api/orders').catch(() => null);
    if (response?.status === 401) end(await response.json());
    else if (isOpen) setTimeout(() => isOpen && connect(), response?.ok ? 0 : RETRY_MS);
  };
  connect();
  return close;
}

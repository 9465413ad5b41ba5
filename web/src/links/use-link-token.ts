import { useEffect, useState } from 'preact/hooks';

/**
 * The token of the link that led here; `null`: there was none. It is taken out of the address at once, so that it is
 * in no history, and in no picture of the window.
 */
export function useLinkToken(): string | null {
  const [token, setToken] = useState(takeToken);
  useEffect(() => {
    // Another link to the same page, opened in the same tab, loads nothing.
    const onHashChange = () => {
      if (location.hash !== '') setToken(takeToken());
    };
    addEventListener('hashchange', onHashChange);
    return () => removeEventListener('hashchange', onHashChange);
  }, []);
  return token;
}

function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  history.replaceState(null, '', location.pathname);
  return token || null;
}

import { useEffect, useState } from 'preact/hooks';
import { takeLinkToken } from './link-token';

/**
 * The token from the fragment of the URL; `null` if there is none. It is removed from the URL at once, so that it
 * appears neither in the history nor in a screenshot.
 */
export function useLinkToken(): string | null {
  const [token, setToken] = useState(takeLinkToken);
  useEffect(() => {
    // Opening another link to this page in the same tab changes only the fragment and does not reload.
    const onHashChange = () => {
      if (location.hash !== '') setToken(takeLinkToken());
    };
    addEventListener('hashchange', onHashChange);
    return () => removeEventListener('hashchange', onHashChange);
  }, []);
  return token;
}

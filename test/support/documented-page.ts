import type { BrowserContext, Response } from 'playwright-core';
import { requireDocumented } from './documented-answer.js';

/**
 * Compares with `openapi.json` what the pages of a browser send and receive.
 *
 * @param url where the service listens
 * @returns what is not as documented, once every answer is read or its page is closed
 */
export function compareWithDocument(context: BrowserContext, url: string): () => Promise<string[]> {
  const { host } = new URL(url);
  const found: Promise<string | null>[] = [];
  context.on('response', (response) => {
    const { host: answering, pathname } = new URL(response.url());
    // The event stream does not end.
    if (answering === host && pathname !== '/account/events') found.push(violation(response));
  });
  return async () => (await Promise.all(found)).filter((message) => message !== null);
}

async function violation(response: Response): Promise<string | null> {
  let text: string;
  try {
    // A test has answered in place of the service.
    if ((await response.serverAddr()) === null) return null;
    text = await response.text();
  } catch {
    // The page was left or closed before the answer was read, so it is gone.
    return null;
  }
  const { pathname, search } = new URL(response.url());
  const contentType = response.headers()['content-type'] ?? null;
  const sent = response.request().postData() ?? undefined;
  try {
    requireDocumented(response.request().method(), pathname + search, {
      sent,
      status: response.status(),
      contentType,
      text,
    });
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

import { createCookieClient } from '@latchkey/client/cookie-client';

/** The stream is open while the list of devices listens to it. */
export const client = createCookieClient({ baseUrl: '/', live: false });

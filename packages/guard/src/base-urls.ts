/**
 * Reads the base URLs of the service. Tokens and the client's secret are sent there, so plain HTTP is accepted only for
 * this machine.
 *
 * @returns each with a trailing slash, so that relative paths resolve below it
 * @throws {TypeError} with the URL and what is wrong with it
 */
export function readBaseUrls(service: string | readonly string[], allowInsecure: boolean): readonly URL[] {
  const texts = typeof service === 'string' ? [service] : service;
  if (texts.length === 0) throw new TypeError('service: at least one base URL is needed');
  return texts.map((text) => readBaseUrl(text, allowInsecure));
}

function readBaseUrl(text: string, allowInsecure: boolean): URL {
  if (!URL.canParse(text)) throw new TypeError(`service: ${JSON.stringify(text)} is not a URL`);
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError(`service: ${text} must start with https:// or http://`);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('service: a base URL has neither credentials, a query nor a fragment');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure) {
    throw new TypeError(
      `service: ${text} would send the client secret unencrypted. Use https://, or set allowInsecure`,
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

import type { Config } from './config.js';

const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

interface WebSettings {
  readonly production: boolean;
  /** The URL that browsers use for this service. Only its origin counts. */
  readonly origin: string;
  readonly corsOrigins: readonly string[];
}

/** Whether a host name or address is reached only from this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOSTS.includes(host) || host === '::1';
}

/** The settings for browsers: cookies, and the pages that are trusted. */
export function webConfig({ production, origin, corsOrigins }: WebSettings): Config['web'] {
  const url = new URL(origin);
  return {
    origin: url.origin,
    corsOrigins,
    trustsOwnPort: !production,
    // Except on this machine, a cookie without `Secure` would be sent in the clear.
    secureCookies: url.protocol === 'https:' || !isLoopback(url.hostname),
  };
}

/** The origins under which a browser on this machine sees a service that listens on this port. */
export function loopbackOrigins(port: number | undefined): string[] {
  return LOOPBACK_HOSTS.map((host) => `http://${host}:${port}`);
}

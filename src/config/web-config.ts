import type { Config } from './config.js';

const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

interface WebSettings {
  readonly production: boolean;
  /** As the operator set it. */
  readonly origin: string | undefined;
  /** Stands in for it. */
  readonly issuer: string;
  readonly corsOrigins: readonly string[];
}

/** What browsers are told, and which pages are trusted. */
export function webConfig({ production, origin, issuer, corsOrigins }: WebSettings): Config['web'] {
  const own = new URL(origin ?? issuer);
  return {
    origin: own.origin,
    corsOrigins,
    trustsOwnPort: !production,
    // Anywhere else than on this machine a cookie without `Secure` would travel in the clear.
    secureCookies: own.protocol === 'https:' || !LOOPBACK_HOSTS.includes(own.hostname),
  };
}

/** The origins under which a browser on this machine sees a service that listens on this port. */
export function loopbackOrigins(port: number | undefined): string[] {
  return LOOPBACK_HOSTS.map((host) => `http://${host}:${port}`);
}

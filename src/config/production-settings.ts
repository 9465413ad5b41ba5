import { CLIENT_SECRET_MIN_BYTES } from './client-definitions.js';
import type { Environment } from './config.js';
import type { EnvironmentValues } from './environment-variables.js';
import { publicUrl } from './public-url.js';
import { isLoopback } from './web-config.js';

/**
 * Settings that must not be used in production, apart from those that are required (`requiredInProduction`). All of
 * these rules, and the warnings below, are in this file.
 *
 * @returns a message for each fault
 */
export function productionFaults(values: EnvironmentValues): string[] {
  return values.NODE_ENV ? [...originFaults(values), ...clientFaults(values)] : [];
}

function originFaults(values: EnvironmentValues): string[] {
  const name = values.LATCHKEY_ORIGIN === null ? 'LATCHKEY_ISSUER' : 'LATCHKEY_ORIGIN';
  const { protocol, hostname } = new URL(publicUrl(values));
  if (protocol === 'https:' || isLoopback(hostname)) return [];
  // Behind a proxy that terminates TLS, the public address starts with https:// too.
  return [`${name} must start with https:// in production: set it to the address that browsers use`];
}

function clientFaults({ LATCHKEY_CLIENTS: clients }: EnvironmentValues): string[] {
  const weak = clients.filter(({ shortestSecretBytes }) => shortestSecretBytes < CLIENT_SECRET_MIN_BYTES);
  if (weak.length === 0) return [];
  const ids = weak.map(({ clientId }) => clientId).join(', ');
  return [
    `LATCHKEY_CLIENTS needs secrets of at least ${CLIENT_SECRET_MIN_BYTES} bytes in production (${ids}); make one with: openssl rand -hex 32`,
  ];
}

/** What is safe only if the operator meant it. @returns a line for each */
export function startWarnings({ production, http, web, mail }: Environment): string[] {
  if (!production) {
    if (isLoopback(http.host)) return [];
    return [`development settings on ${http.host}, which other machines can reach: set NODE_ENV=production`];
  }
  const warnings: string[] = [];
  if (!web.secureCookies) {
    warnings.push(
      `cookies are not Secure, and mailed links lead to ${web.origin}: set LATCHKEY_ISSUER to the public https:// address`,
    );
  }
  if (http.trustProxy === true) {
    warnings.push(
      'TRUST_PROXY=true believes X-Forwarded-For from every client: set it to the addresses of the proxies',
    );
  }
  const insecure = web.corsOrigins.filter((origin) => {
    const { protocol, hostname } = new URL(origin);
    return protocol === 'http:' && !isLoopback(hostname);
  });
  if (insecure.length > 0) {
    warnings.push(`CORS_ORIGINS trusts pages that are not encrypted: ${insecure.join(', ')}`);
  }
  if (mail.smtpUrl === null) {
    warnings.push(
      'mail is not sent, so the page offers no password reset and no confirmation: SMTP_URL is not set',
    );
  }
  return warnings;
}

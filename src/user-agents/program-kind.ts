import type { DeviceKind } from './device-kind.js';

/** Programs that people run in a terminal or a server, in lower case. */
const SCRIPTS: ReadonlySet<string> = new Set([
  ...['curl', 'wget', 'httpie', 'postmanruntime', 'insomnia', 'node', 'undici', 'axios', 'got', 'node-fetch'],
  ...['python-requests', 'python-urllib', 'python-httpx', 'aiohttp', 'go-http-client', 'java'],
  ...['apache-httpclient', 'ruby', 'faraday', 'guzzlehttp', 'php', 'reqwest', 'hyper'],
]);

/** The libraries by which apps send requests, in lower case. */
const APP_LIBRARIES: ReadonlySet<string> = new Set(['okhttp', 'dalvik', 'cfnetwork', 'dart']);

/**
 * The programs that keep their name in a family. All others are one family, because a program can send any name: each
 * new one would look like another client.
 */
export const KNOWN_PROGRAMS: ReadonlySet<string> = new Set([...SCRIPTS, ...APP_LIBRARIES]);

/** Apple's libraries, and those of Android, after the name of the app. */
const SENT_BY_APP = /\bCFNetwork\/|\bDarwin\/|\bokhttp\/|\bAlamofire\/|\bDalvik\//i;

/** @param token the first product of a header that is not a browser's */
export function programKind(token: string, header: string): DeviceKind {
  if (SCRIPTS.has(token.toLowerCase())) return 'script';
  return APP_LIBRARIES.has(token.toLowerCase()) || SENT_BY_APP.test(header) ? 'app' : 'other';
}

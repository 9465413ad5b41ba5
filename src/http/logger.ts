import { type DestinationStream, type Logger, pino } from 'pino';
import { logError } from './log-error.js';

/** Names under which a secret could reach a line by mistake. No line holds them on purpose. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  'password',
  'new_password',
  'current_password',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'device_token',
  'reset_token',
  'accessToken',
  'refreshToken',
  'deviceToken',
  'resetToken',
];

const below = (prefix: string) =>
  SECRET_NAMES.map((name) => prefix + (name.startsWith('[') ? name : `.${name}`));

/** One JSON object per line, on standard output unless a test listens. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: logError },
    redact: [...SECRET_NAMES, ...below('*'), ...below('*.*')],
  };
  return pino(options, destination ?? standardOutput());
}

/**
 * Many lines in one write, and none that a request waits for: a pipe that is read slowly would hold up every one.
 * Pino writes what is left at the exit of the process.
 */
function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: false, minLength: 8_192, periodicFlush: 100 });
}

import { type DestinationStream, type Logger, pino } from 'pino';
import { isoTime } from './iso-time.js';
import { logError } from './log-error.js';

/** Names under which a secret could be logged by mistake. No line contains them on purpose. */
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

/** Writes one JSON object per line, to standard output unless a test passes a destination. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: timestamp(),
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: logError },
    redact: [...SECRET_NAMES, ...below('*'), ...below('*.*')],
  };
  return pino(options, destination ?? standardOutput());
}

/** RFC 3339, like pino's own. Formatted once per millisecond, which under load is once for dozens of lines. */
function timestamp(): () => string {
  let formattedAt = Number.NaN;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== formattedAt) {
      formattedAt = now;
      text = `,"time":"${isoTime(now)}"`;
    }
    return text;
  };
}

/**
 * Writes many lines at once and asynchronously, because requests would otherwise wait for a slow reader of the pipe.
 * Buffers bytes, because a string that grows line by line is copied for each line. When the process exits, pino writes
 * what is left.
 */
function standardOutput(): DestinationStream {
  const bytes = pino.destination({
    dest: 1,
    sync: false,
    minLength: 32_768,
    maxWrite: 65_536,
    periodicFlush: 100,
    contentMode: 'buffer',
  });
  // Its types accept strings only.
  return { write: (line) => bytes.write(Buffer.from(line) as unknown as string) };
}

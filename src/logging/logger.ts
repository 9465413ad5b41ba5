import { type DestinationStream, type Logger, pino } from 'pino';
import { isoTime } from './iso-time.js';
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
    timestamp: timeOfLine(),
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: logError },
    redact: [...SECRET_NAMES, ...below('*'), ...below('*.*')],
  };
  return pino(options, destination ?? standardOutput());
}

/** RFC 3339, as pino's own. Formatted once a millisecond: under load that is once for some dozen lines. */
function timeOfLine(): () => string {
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
 * Many lines in one write, and none that a request waits for: a pipe that is read slowly would hold up every one.
 * As bytes, since a text that grows line by line is copied whole for every line. Pino writes what is left at the exit
 * of the process.
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
  // Its types know of texts only.
  return { write: (line) => bytes.write(Buffer.from(line) as unknown as string) };
}

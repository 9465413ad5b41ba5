import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench-context.js';
import type { Section, SectionResult } from '../section.js';
import { ServerProcess } from '../servers/server-process.js';
import { HttpClient } from '../service/http-client.js';
import { accessTokens, seedSessions } from '../service/seed-sessions.js';
import { startService } from '../service/service.js';
import { closedLoop, pacedLoop } from '../service/traffic.js';
import { median, quantile } from '../statistics.js';

const HASH_ONLY = fileURLToPath(new URL('../service/hash-only.mjs', import.meta.url));
const PASSWORD = 'correct horse battery';
const USERS = 32;
const IN_FLIGHT = 8;
const CHECKS_PER_SECOND = 200;
/** About a thousand logins, enough for V8 to compile the code that a login runs. */
const WARM_UP_SECONDS = 10;
const TARGET_SHARE = 0.9;
const TARGET_SLOWDOWN = 2;

/** One value per round. */
interface LoginFigures {
  readonly hashesPerSecond: number[];
  readonly loginsPerSecond: number[];
  /** p99 of a session check, without and during logins. */
  readonly idleCheckMs: number[];
  readonly loadedCheckMs: number[];
}

/** Compares logins with bare password hashing, and measures how much a burst of logins slows session checks. */
export const logins: Section = {
  name: 'logins',
  async run(bench) {
    return reportLogins(await measureLogins(bench));
  },
};

async function measureLogins(bench: Bench): Promise<LoginFigures> {
  const url = await bench.stores.createServiceDatabase();
  const sessions = await seedSessions(url, 200);
  const server = await startService(bench, url, { REDIS_URL: bench.stores.redisUrl });
  const client = new HttpClient(server.url, IN_FLIGHT);
  const checker = new HttpClient(server.url, 16);
  const seconds = bench.quick ? 2 : 3;
  const figures: LoginFigures = {
    hashesPerSecond: [],
    loginsPerSecond: [],
    idleCheckMs: [],
    loadedCheckMs: [],
  };
  try {
    const emails = await register(client);
    const tokens = await accessTokens(checker, sessions);
    const login = (index: number) =>
      client.expect(200, 'POST', '/auth/login', {
        body: { email: emails[index % USERS], password: PASSWORD },
      });
    const logIn = (forSeconds: number) => closedLoop(login, IN_FLIGHT, forSeconds * 1000);
    await logIn(bench.quick ? 1 : WARM_UP_SECONDS);
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      figures.hashesPerSecond.push(await hashOnly(bench, seconds));
      figures.loginsPerSecond.push(await logIn(seconds));
      figures.idleCheckMs.push(await p99OfChecks(checker, tokens, seconds));
      figures.loadedCheckMs.push(await p99OfChecks(checker, tokens, seconds, () => logIn(seconds)));
      bench.say(describeRound(figures));
    }
  } finally {
    await server.stop();
  }
  return figures;
}

function describeRound(figures: LoginFigures): string {
  const last = (values: readonly number[]) => values.at(-1)?.toFixed(1);
  const checks = `check p99 ${last(figures.idleCheckMs)} ms idle, ${last(figures.loadedCheckMs)} ms during logins`;
  return `  ${last(figures.loginsPerSecond)} logins/s, ${last(figures.hashesPerSecond)} bare hashes/s; ${checks}`;
}

export function reportLogins(figures: LoginFigures): SectionResult {
  const hashes = median(figures.hashesPerSecond);
  const logins = median(figures.loginsPerSecond);
  const idle = median(figures.idleCheckMs);
  const loaded = median(figures.loadedCheckMs);
  const overheadMs = 1000 / logins - 1000 / hashes;
  return {
    title: 'Login',
    notes: [
      `\`POST /auth/login\` with ${IN_FLIGHT} requests in flight, compared with hashing alone: argon2id from \`@node-rs/argon2\` on the same core, with the service's parameters and concurrency. ${WARM_UP_SECONDS} seconds of logins precede the measurement. Every login comes from a new device, so the service also stores that device and records a new-device event.`,
      `To see how logins affect other traffic, ${CHECKS_PER_SECOND} \`GET /auth/me\` requests per second are sent, once with no logins running and once during the logins above.`,
    ],
    tables: [
      {
        columns: ['', 'median'],
        rows: [
          ['argon2id alone', `${hashes.toFixed(1)}/s`],
          ['logins', `${logins.toFixed(1)}/s`],
          ['session check without logins, p99', `${idle.toFixed(2)} ms`],
          ['session check during logins, p99', `${loaded.toFixed(2)} ms`],
        ],
      },
    ],
    targets: [
      {
        claim: 'logins per second, relative to argon2id alone',
        measured: logins / hashes,
        bound: 'at least',
        target: TARGET_SHARE,
        ifMissed: `A login consists of more than the hash: it handles a request, stores a device, a session and a new-device event, and shares the core with hashing. By the difference between the two rates, that adds about ${overheadMs.toFixed(1)} ms per login.`,
      },
      {
        claim: 'p99 of a session check during logins, relative to without',
        measured: loaded / idle,
        bound: 'at most',
        target: TARGET_SLOWDOWN,
        unit: 'x',
      },
    ],
  };
}

async function register(client: HttpClient): Promise<string[]> {
  const emails = Array.from({ length: USERS }, (_, index) => `login-${index}@example.com`);
  for (const email of emails)
    await client.expect(201, 'POST', '/auth/register', { body: { email, password: PASSWORD } });
  return emails;
}

/** @param logIn runs beside the checks */
async function p99OfChecks(
  checker: HttpClient,
  tokens: readonly string[],
  seconds: number,
  logIn: () => Promise<unknown> = async () => {},
): Promise<number> {
  const times: number[] = [];
  const check = async (index: number) => {
    const token = tokens[index % tokens.length] as string;
    times.push((await checker.expect(200, 'GET', '/auth/me', { token })).ms);
  };
  const load = pacedLoop(check, CHECKS_PER_SECOND);
  await Promise.all([logIn(), sleep(seconds * 1000)]);
  await load.stop();
  return quantile(times, 0.99);
}

/** @returns hashes per second */
async function hashOnly(bench: Bench, seconds: number): Promise<number> {
  const server = await ServerProcess.start(bench, [process.execPath, HASH_ONLY, String(seconds)], {});
  for (;;) {
    const found = /hashes per second: ([\d.]+)/.exec(server.output);
    if (found) {
      await server.stop();
      return Number(found[1]);
    }
    await sleep(50);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench-context.js';
import type { Section } from '../section.js';
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
/** About a thousand logins, until V8 has compiled what they run through. */
const LEAD_SECONDS = 10;
const TARGET_SHARE = 0.9;
const TARGET_SLOWER = 2;

/** Logins against the hash that they cannot do without, and what a flood of them does to everybody else. */
export const logins: Section = {
  name: 'logins',
  async run(bench) {
    const url = await bench.stores.createServiceDatabase();
    const sessions = await seedSessions(url, 200);
    const server = await startService(bench, url, { REDIS_URL: bench.stores.redisUrl });
    const client = new HttpClient(server.url, IN_FLIGHT);
    const checker = new HttpClient(server.url, 16);
    const seconds = bench.quick ? 2 : 3;
    const alone: number[] = [];
    const service: number[] = [];
    const quiet: number[] = [];
    const flooded: number[] = [];
    try {
      const emails = await register(client);
      const tokens = await accessTokens(checker, sessions);
      const login = (at: number) =>
        client.expect(200, 'POST', '/auth/login', {
          body: { email: emails[at % USERS], password: PASSWORD },
        });
      const check = (times: number[]) => (at: number) =>
        checker
          .expect(200, 'GET', '/auth/me', { token: tokens[at % tokens.length] as string })
          .then(({ ms }) => times.push(ms));
      await closedLoop(login, IN_FLIGHT, (bench.quick ? 1 : LEAD_SECONDS) * 1000);
      for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
        alone.push(await hashOnly(bench, seconds));
        service.push(await closedLoop(login, IN_FLIGHT, seconds * 1000));
        quiet.push(await p99(check, seconds, async () => {}));
        flooded.push(await p99(check, seconds, () => closedLoop(login, IN_FLIGHT, seconds * 1000)));
        bench.say(
          `logins ${service.at(-1)?.toFixed(1)}/s, hashes alone ${alone.at(-1)?.toFixed(1)}/s; checks p99 ${quiet.at(-1)?.toFixed(1)} ms, in a flood ${flooded.at(-1)?.toFixed(1)} ms`,
        );
      }
    } finally {
      await server.stop();
    }
    return {
      title: 'Login',
      notes: [
        `\`POST /auth/login\`, ${IN_FLIGHT} at once, against argon2id alone (\`@node-rs/argon2\`, the same parameters and concurrency, the same core), after ${LEAD_SECONDS} seconds of logins that are not measured; each is of a new device, which is written and told of. The checks beside them are ${CHECKS_PER_SECOND} \`GET /auth/me\` a second.`,
      ],
      tables: [
        {
          columns: ['', 'median'],
          rows: [
            ['argon2id alone', `${median(alone).toFixed(1)}/s`],
            ['logins', `${median(service).toFixed(1)}/s`],
            ['p99 of a check without logins', `${median(quiet).toFixed(2)} ms`],
            ['p99 of a check during a flood of logins', `${median(flooded).toFixed(2)} ms`],
          ],
        },
      ],
      targets: [
        {
          claim: 'logins, of what argon2id alone does',
          measured: median(service) / median(alone),
          bound: 'at least',
          target: TARGET_SHARE,
        },
        {
          claim: 'p99 of a check in a flood of logins, against none',
          measured: median(flooded) / median(quiet),
          bound: 'at most',
          target: TARGET_SLOWER,
          unit: 'x',
        },
      ],
    };
  },
};

async function register(client: HttpClient): Promise<string[]> {
  const emails = Array.from({ length: USERS }, (_, at) => `login-${at}@example.com`);
  for (const email of emails)
    await client.expect(201, 'POST', '/auth/register', { body: { email, password: PASSWORD } });
  return emails;
}

async function p99(
  check: (times: number[]) => (at: number) => Promise<unknown>,
  seconds: number,
  flood: () => Promise<unknown>,
): Promise<number> {
  const times: number[] = [];
  const load = pacedLoop(check(times), CHECKS_PER_SECOND);
  await Promise.all([flood(), sleep(seconds * 1000)]);
  await load.stop();
  return quantile(times, 0.99);
}

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

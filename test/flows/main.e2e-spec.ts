import { type RunningApp, startApp } from '../support/app.js';
import { startEmbeddedDatabase } from '../support/embedded-database.js';
import { endingSessions } from './ending-sessions.js';
import { foreignIds } from './foreign-ids.js';
import { knownDevices } from './known-devices.js';
import { loggingIn } from './logging-in.js';

async function startOnEmbedded(): Promise<RunningApp> {
  const database = await startEmbeddedDatabase();
  const service = await startApp({}, { database });
  const close = async () => {
    await service.close();
    await database.drop();
  };
  return { ...service, close };
}

/** Whatever holds the sessions, the service is the same. */
describe.each([
  ['Postgres alone', () => startApp()],
  ['Postgres and Redis', () => startApp({ REDIS_URL: process.env.TEST_REDIS_URL })],
  ['the embedded Postgres of development', startOnEmbedded],
])('on %s', (_, start) => {
  let running: RunningApp;
  const service = () => running;

  beforeAll(async () => {
    running = await start();
  }, 180_000);

  afterAll(() => running?.close());

  describe('logging in', () => loggingIn(service));
  describe('ending sessions', () => endingSessions(service));
  describe('the ids of others', () => foreignIds(service));
  describe('a known device', () => knownDevices(service));
});

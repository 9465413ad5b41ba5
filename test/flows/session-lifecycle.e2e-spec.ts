import { type RunningApp, startApp } from '../support/app.js';
import { startEmbeddedDatabase } from '../support/embedded-database.js';
import { foreignIdScenarios } from './foreign-id-scenarios.js';
import { knownDeviceScenarios } from './known-device-scenarios.js';
import { loginScenarios } from './login-scenarios.js';
import { revocationScenarios } from './revocation-scenarios.js';

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

  describe('logging in', () => loginScenarios(service));
  describe('ending sessions', () => revocationScenarios(service));
  describe('the ids of others', () => foreignIdScenarios(service));
  describe('a known device', () => knownDeviceScenarios(service));
});

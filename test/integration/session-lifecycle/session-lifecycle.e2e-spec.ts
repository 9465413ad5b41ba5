import { type RunningApp, startApp } from '../../support/app.js';
import { startEmbeddedDatabase } from '../../support/embedded-database.js';
import { deviceSessionScenarios } from './device-session-scenarios.js';
import { foreignIdScenarios } from './foreign-id-scenarios.js';
import { knownDeviceScenarios } from './known-device-scenarios.js';
import { loginScenarios } from './login-scenarios.js';

async function startOnEmbedded(): Promise<RunningApp> {
  const database = await startEmbeddedDatabase();
  const service = await startApp({}, { database });
  const close = async () => {
    await service.close();
    await database.drop();
  };
  return { ...service, close };
}

/** The behaviour of the service does not depend on the kind of store. */
describe.each([
  ['Postgres alone', () => startApp()],
  ['Postgres and Redis', () => startApp({ REDIS_URL: process.env.TEST_REDIS_URL })],
  ['the embedded development database', startOnEmbedded],
])('with %s', (_, start) => {
  let running: RunningApp;
  const service = () => running;

  beforeAll(async () => {
    running = await start();
  }, 180_000);

  afterAll(() => running?.close());

  describe('login', () => loginScenarios(service));
  describe('devices and sessions', () => deviceSessionScenarios(service));
  describe('ids of another user', () => foreignIdScenarios(service));
  describe('known devices', () => knownDeviceScenarios(service));
});

import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { COMMAND, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';

const EMAIL = 'grace@example.org';
const PASSWORD = 'correct horse battery';

interface EndedSession {
  readonly reason: string;
  readonly ended_at: string;
  readonly place: { readonly city: string; readonly country: string };
}
interface SecurityEvent {
  readonly kind: string;
  readonly place: string;
}

describe('latchkey seed', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createTestDatabase();
    env = serviceEnv(database.url);
  });
  afterAll(() => database.drop());

  const seed = (variables: Record<string, string> = {}) =>
    runProgram(COMMAND, ['seed'], { ...env, ...variables });

  it('adds one account with devices, ended sessions and security events, however often it runs', async () => {
    for (const _ of ['first', 'second']) {
      const { code, stdout } = await seed();
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: `sign in at https://latchkey.test/account as ${EMAIL}, password: ${PASSWORD}\n`,
      });
    }
    const service = await ServiceProcess.start(env);
    try {
      const { access_token } = await service.api.session(EMAIL, { password: PASSWORD });
      const get = async <T>(path: string) =>
        (await service.api.call<T>('GET', path, { token: access_token })).body;
      const { devices } = await get<{ devices: { kind: string }[] }>('/devices');
      expect(new Set(devices.map(({ kind }) => kind))).toEqual(
        new Set(['desktop', 'mobile', 'script', 'tablet', 'tv']),
      );
      const { sessions } = await get<{ sessions: EndedSession[] }>('/sessions?status=ended');
      expect(sessions.map(({ reason }) => reason).sort()).toEqual(['logout', 'suspicious']);
      for (const { ended_at } of sessions)
        expect(Date.now() - Date.parse(ended_at)).toBeGreaterThan(86_400_000);
      const { events } = await get<{ events: SecurityEvent[] }>('/security-events');
      const suspicious = events.find(({ kind }) => kind === 'session_ended_suspicious');
      const location = sessions.find(({ reason }) => reason === 'suspicious')?.place;
      expect(suspicious?.place).toBe(`${location?.city}, ${location?.country}`);
    } finally {
      await service.stop();
    }
  });

  it('is refused in production', async () => {
    const { code, stderr } = await seed({ NODE_ENV: 'production' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'latchkey: sample accounts are for development, and NODE_ENV is production\n',
    });
  });
});

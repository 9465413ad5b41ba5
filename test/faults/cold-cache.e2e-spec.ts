import { connect } from 'node:net';
import type { DataSource } from 'typeorm';
import { AccessTokenIssuer } from '../../src/auth/access-token.issuer.js';
import { PROTOCOL_DATA_SOURCE } from '../../src/database/database.module.js';
import { type RunningApp, startApp } from '../support/app.js';
import { SessionRows } from '../support/session-rows.js';

const SESSIONS = 2_000;
/** Each asks about every session once, one request behind the other. */
const CLIENTS = 10;

describe('an instance with a cold cache', () => {
  let service: RunningApp;
  let tokens: string[];

  beforeAll(async () => {
    service = await startApp({ REDIS_URL: process.env.TEST_REDIS_URL });
    const rows = new SessionRows(service.app.get(PROTOCOL_DATA_SOURCE));
    const userId = await rows.user();
    const ids = await rows.sessions(SESSIONS, userId, await rows.device(userId));
    const issuer = service.app.get(AccessTokenIssuer);
    const now = new Date();
    const rest = { userId, roles: [], rolesVersion: 0, authenticatedAt: now, amr: ['pwd'], now };
    tokens = await Promise.all(
      ids.map(async (sessionId) => (await issuer.issue({ ...rest, sessionId })).token),
    );
  });
  afterAll(() => service?.close());

  it(`reads each of ${SESSIONS} sessions once, when ${CLIENTS} requests for each come at once`, async () => {
    const asked = readsOfSessions(service.app.get<DataSource>(PROTOCOL_DATA_SOURCE));
    const statuses = await Promise.all(
      Array.from({ length: CLIENTS }, () => askAll(Number(new URL(service.url).port), tokens)),
    );
    expect(statuses.flat().filter((status) => status !== '200')).toEqual([]);
    expect(statuses.flat()).toHaveLength(SESSIONS * CLIENTS);
    expect(new Set(asked).size).toBe(SESSIONS);
    expect(asked).toHaveLength(SESSIONS);
  });
});

/** Every id that goes to Postgres from now on, as often as it does. */
function readsOfSessions(dataSource: DataSource): string[] {
  const asked: string[] = [];
  const query = dataSource.query.bind(dataSource);
  dataSource.query = ((sql: string, parameters?: unknown[]) => {
    const [ids] = parameters ?? [];
    if (sql.includes('WHERE s.id = ANY ($1)')) asked.push(...(ids as string[]));
    return query(sql, parameters);
  }) as DataSource['query'];
  return asked;
}

/** All requests on one connection, sent without waiting for the answers. @returns the status of each */
function askAll(port: number, tokens: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let heard = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (heard += text));
    socket.once('error', reject);
    socket.once('close', () =>
      resolve([...heard.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status ?? '')),
    );
    const last = tokens.length - 1;
    for (const [at, token] of tokens.entries()) {
      const close = at === last ? 'connection: close\r\n' : '';
      socket.write(
        `GET /auth/me HTTP/1.1\r\nhost: latchkey\r\nauthorization: Bearer ${token}\r\n${close}\r\n`,
      );
    }
  });
}

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { AuditLog } from '../../../src/audit/audit-log.js';
import { dataSourceOptions, openDataSource } from '../../../src/database/data-source.js';
import { SECURITY_EVENT_KINDS } from '../../../src/security-events/security-event-kind.js';
import { PASSWORD } from '../../support/api.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';
import { COMMAND, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';
import { ServiceProcess } from '../../support/service-process.js';
import { waitUntil } from '../../support/wait-until.js';

interface AuditLine {
  readonly event: string;
  readonly outcome: string;
  readonly actor: string;
  readonly user_id: string | null;
  readonly session_id: string | null;
  readonly reason: string | null;
  readonly request_id: string | null;
  readonly trace_id: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SCHEMA = JSON.parse(
  readFileSync(new URL('../../../docs/audit-log.schema.json', import.meta.url), 'utf8'),
);
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const isValid = ajv.compile(SCHEMA);

describe('the audit log', () => {
  let database: TestDatabase;
  let directory: string;
  let file: string;
  let env: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'latchkey-audit-'));
    file = join(directory, 'audit.log');
    env = serviceEnv(database.url, { AUDIT_LOG: file });
    service = await ServiceProcess.start(env);
  });

  afterAll(async () => {
    service?.kill();
    await service?.exit();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  });

  const linesIn = async (path: string) =>
    (await readFile(path, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditLine);

  const line = (event: string, with_: Partial<AuditLine> = {}, path = file) =>
    waitUntil(`${event} in the audit log`, async () =>
      (await linesIn(path)).findLast((it) =>
        Object.entries({ event, ...with_ }).every(([name, value]) => it[name as keyof AuditLine] === value),
      ),
    );

  it('names who did what, from where and in which request', async () => {
    const { api } = service;
    const email = 'audited@example.com';
    const { id } = (await api.register(email)).body;
    expect(await line('registration', { user_id: id as string })).toMatchObject({ actor: 'anonymous' });

    const wrong = { email, password: 'not this one' };
    const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01`, 'user-agent': 'audit-probe/1' };
    const refused = await api.call('POST', '/auth/login', { body: wrong, headers });
    expect(await line('login', { trace_id: TRACE })).toMatchObject({
      outcome: 'failure',
      reason: 'invalid_credentials',
      actor: 'anonymous',
      user_id: id,
      session_id: null,
      address: '127.0.0.1',
      user_agent: 'audit-probe/1',
      request_id: refused.headers.get('x-request-id'),
    });

    await api.session(email);
    const tokens = await api.session(email);
    const opened = { user_id: id, session_id: tokens.session_id, actor: `user:${id}`, outcome: 'success' };
    expect(await line('login', { session_id: tokens.session_id })).toMatchObject(opened);
    expect(await line('new_device_sign_in', { session_id: tokens.session_id })).toMatchObject(opened);
    await api.logout(tokens.access_token);
    expect(await line('sessions_revoked')).toMatchObject({
      ...opened,
      reason: 'logout',
      detail: { count: 1 },
    });
  });

  it('has a line for a login to an address without an account', async () => {
    await service.api.call('POST', '/auth/login', {
      body: { email: 'nobody@example.com', password: 'x'.repeat(12) },
    });
    expect(await line('login', { user_id: null })).toMatchObject({ reason: 'invalid_credentials' });
  });

  it('has the commands of operators', async () => {
    const { id } = (await service.api.register('operated@example.com')).body;
    const user = { user_id: id as string };
    const tokens = await service.api.session('operated@example.com');
    for (const command of [
      ['grant', 'operated@example.com', 'auditor'],
      ['disable', 'operated@example.com'],
    ]) {
      await runProgram(COMMAND, ['user', ...command], env);
    }
    expect(await line('role_granted', user)).toMatchObject({
      actor: 'operator',
      detail: { role: 'auditor' },
    });
    expect(await line('user_disabled', user)).toMatchObject({ actor: 'operator' });
    expect(await line('sessions_revoked', user)).toMatchObject({
      reason: 'user_disabled',
      actor: 'operator',
    });
    expect((await service.api.me(tokens.access_token)).status).toBe(401);
    await runProgram(COMMAND, ['user', 'delete', '--yes', 'operated@example.com'], env);
    expect(await line('user_deleted', user)).toMatchObject({ actor: 'operator' });
  });

  it('conforms to its schema, and contains no secret', async () => {
    const tokens = await service.api.newcomer();
    await line('login', { session_id: tokens.session_id });
    for (const it of await linesIn(file)) expect([it, isValid(it), isValid.errors]).toEqual([it, true, null]);
    const text = await readFile(file, 'utf8');
    for (const secret of [
      PASSWORD,
      tokens.access_token,
      tokens.refresh_token,
      tokens.device_token,
      '@example',
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(SCHEMA.properties.event.enum).toEqual(expect.arrayContaining([...SECURITY_EVENT_KINDS]));
    const documentation = readFileSync(new URL('../../../docs/audit-log.md', import.meta.url), 'utf8');
    expect(
      SCHEMA.properties.event.enum.filter((name: string) => !documentation.includes(`\`${name}\``)),
    ).toEqual([]);
  });

  it('is written to a new file after SIGHUP', async () => {
    const rotated = `${file}.1`;
    await rename(file, rotated);
    service.signal('SIGHUP');
    await waitUntil('the new file', () => readFile(file, 'utf8').then(() => true));
    const { session_id } = await service.api.newcomer();
    await line('login', { session_id });
    expect((await linesIn(rotated)).some((it) => it.session_id === session_id)).toBe(false);
  });
});

describe('a line about a transaction', () => {
  it('is written after the commit, and never if it is rolled back', async () => {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(dataSourceOptions(database.url, 2));
    const events: string[] = [];
    const log = new AuditLog({ write: (text) => events.push(JSON.parse(text).event) });
    log.followTransactions(dataSource);
    const event = (name: string) =>
      ({ event: name, outcome: 'success', actor: 'latchkey', userId: null }) as const;
    const failing = dataSource.transaction(async (manager) => {
      log.writeAfterCommit(manager, event('rolled_back'));
      await manager.query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    await dataSource.transaction(async (manager) => {
      log.writeAfterCommit(manager, event('committed'));
      await manager.query('SELECT 1');
      expect(events).toEqual([]);
    });
    log.writeAfterCommit(dataSource.manager, event('without'));
    expect(events).toEqual(['committed', 'without']);
    await dataSource.destroy();
    await database.drop();
  });
});

describe('an audit log that cannot be written', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  it('does not keep the service from working, is reported once and counted', async () => {
    const port = await freePort();
    const full = { AUDIT_LOG: '/dev/full', METRICS_PORT: String(port) };
    const service = await ServiceProcess.start(serviceEnv(database.url, full));
    try {
      const { access_token } = await service.api.newcomer();
      expect((await service.api.me(access_token)).status).toBe(200);
      const failures = async () => {
        const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
        return Number(/^latchkey_audit_write_failures_total (\d+)$/m.exec(text)?.[1]);
      };
      await waitUntil('several attempts', async () => (await failures()) > 2, { timeoutMs: 60_000 });
      expect(service.log.match(/cannot be written/g)).toHaveLength(1);
      expect(service.log).toContain('ENOSPC');
      expect(await service.stop()).toBe(0);
    } finally {
      service.kill();
    }
  });

  it('prevents the start if its directory does not exist', async () => {
    const service = ServiceProcess.spawn(
      serviceEnv(database.url, { AUDIT_LOG: '/no/such/directory/audit.log' }),
    );
    expect(await service.exit()).toBe(1);
    expect(service.log).toMatch(/AUDIT_LOG cannot be opened: ENOENT/);
  });

  it('prevents the start if it is a pipe that no program reads, and is written to one that is read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-audit-'));
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const env = serviceEnv(database.url, { AUDIT_LOG: pipe });
    const refused = ServiceProcess.spawn(env);
    expect(await refused.exit()).toBe(1);
    expect(refused.log).toBe(
      `latchkey: AUDIT_LOG cannot be opened: ${pipe} is a pipe that no program reads, or a socket\n`,
    );

    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'ignore'] });
    const service = await ServiceProcess.start(env);
    try {
      let lines = '';
      reader.stdout.on('data', (chunk: Buffer) => {
        lines += chunk.toString();
      });
      await service.api.newcomer();
      await waitUntil('a line', () => lines.includes('"event":"registration"'));
      service.signal('SIGHUP');
      const { session_id } = await service.api.newcomer();
      await waitUntil('a line after SIGHUP', () => lines.includes(session_id));
      expect(await service.stop()).toBe(0);
    } finally {
      service.kill();
      reader.kill();
      await rm(directory, { recursive: true });
    }
  });

  it('can be a device', async () => {
    const service = await ServiceProcess.start(serviceEnv(database.url, { AUDIT_LOG: '/dev/null' }));
    await service.api.newcomer();
    expect(await service.stop()).toBe(0);
  });
});

describe('an audit log on standard output', () => {
  it('is among the other lines of the service', async () => {
    const database = await createTestDatabase();
    const service = await ServiceProcess.start(serviceEnv(database.url, { AUDIT_LOG: 'stdout' }));
    try {
      const { session_id } = await service.api.newcomer();
      await waitUntil(
        'the line',
        () => service.log.includes(`"event":"login"`) && service.log.includes(session_id),
      );
    } finally {
      service.kill();
      await service.exit();
      await database.drop();
    }
  });
});

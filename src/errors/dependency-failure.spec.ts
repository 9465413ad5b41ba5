import { connect } from 'node:net';
import pg from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import { isDependencyFailure, schemaMismatch } from './dependency-failure.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

/** A local port without a listener: the discard service (RFC 863). */
const CLOSED_PORT = 9;

describe('isDependencyFailure', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])(
    'recognizes the network error %s',
    (code) => {
      expect(isDependencyFailure(withCode(code))).toBe(true);
    },
  );

  it.each([
    '08006',
    '08P01',
    '53300',
    '57P01',
    '57P03',
    '57014',
    '58030',
    '25006',
    '25P03',
    '55P03',
    '40001',
    '40P01',
    '28P01',
    '28000',
    '3D000',
    '42501',
  ])('recognizes SQLSTATE %s, also inside wrapped errors', (code) => {
    const failed = new QueryFailedError('SELECT 1', [], withCode(code));
    expect(isDependencyFailure(failed)).toBe(true);
    expect(isDependencyFailure(new Error('outer', { cause: failed }))).toBe(true);
  });

  it.each(['23505', '23503', '22P02', '42601', '42883', '57000', '25001', '22021', '55000'])(
    'does not match SQLSTATE %s',
    (code) => {
      expect(isDependencyFailure(new QueryFailedError('SELECT 1', [], withCode(code)))).toBe(false);
    },
  );

  it.each(['42P01', '42703', '42704', '42P10', '3F000'])(
    'recognizes SQLSTATE %s, of a schema that lacks something, and explains it',
    (code) => {
      const failed = new QueryFailedError('SELECT 1', [], withCode(code));
      expect(isDependencyFailure(failed)).toBe(true);
      expect(schemaMismatch(failed)).toBe(
        'the database schema is not that of this version, see "latchkey migrate show": x',
      );
      expect(schemaMismatch(withCode('08006'))).toBeNull();
    },
  );

  it.each([
    'timeout exceeded when trying to connect',
    'timeout expired',
    'Query read timeout',
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
    'Query runner already released. Cannot run queries anymore.',
    'Database connection provided by a query runner was already released, cannot continue to use it.',
    'Driver not Connected',
  ])('recognizes the driver message "%s"', (message) => {
    expect(isDependencyFailure(new Error(message))).toBe(true);
  });

  it('recognizes a connection refused by every address of a host name', async () => {
    const refused = await new Promise((resolve) => connect(CLOSED_PORT, 'localhost').once('error', resolve));
    expect(isDependencyFailure(refused)).toBe(true);
    expect(isDependencyFailure(new AggregateError([refused]))).toBe(true);
  });

  it('recognizes what pg and TypeORM throw for a closed port', async () => {
    const options = { host: '127.0.0.1', port: CLOSED_PORT, connectionTimeoutMillis: 500 };
    const fromPool = await new pg.Pool(options).query('SELECT 1').catch((error: unknown) => error);
    expect(isDependencyFailure(fromPool)).toBe(true);

    const dataSource = new DataSource({ type: 'postgres', ...options });
    const fromStart = await dataSource.initialize().catch((error: unknown) => error);
    expect(isDependencyFailure(fromStart)).toBe(true);
    const notConnected = await dataSource.query('SELECT 1').catch((error: unknown) => error);
    expect(isDependencyFailure(notConnected)).toBe(true);
  });

  it.each([
    [new Error('boom')],
    [new TypeError('x is undefined')],
    [withCode('ENOENT')],
    [withCode('ERR_INVALID_ARG_TYPE')],
    ['ECONNREFUSED'],
    [undefined],
    [null],
    [{ cause: { cause: {} } }],
  ])('does not match %p', (thrown) => {
    expect(isDependencyFailure(thrown)).toBe(false);
  });

  it('terminates for circular causes', () => {
    const circle: { cause?: unknown } = {};
    circle.cause = { cause: circle };
    expect(isDependencyFailure(circle)).toBe(false);
  });
});

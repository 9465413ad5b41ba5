import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { COMMAND, MAIN, runProgram } from '../../support/run-program.js';
import { serviceEnv } from '../../support/service-env.js';

describe('a database whose encoding is not UTF8', () => {
  const name = `latchkey_latin1_${randomUUID().replaceAll('-', '')}`;
  let admin: Client;
  let env: Record<string, string>;

  beforeAll(async () => {
    admin = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await admin.connect();
    await admin.query(
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`,
    );
    const url = new URL(process.env.TEST_DATABASE_URL ?? '');
    url.pathname = `/${name}`;
    env = serviceEnv(url.href);
  });
  afterAll(async () => {
    await admin?.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin?.end();
  });

  it.each([
    ['the service', MAIN, []],
    ['latchkey migrate run', COMMAND, ['migrate', 'run']],
  ])('is refused by %s in one line', async (_, program, args) => {
    const { code, stderr } = await runProgram(program, args, env);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^latchkey: [^\n]*the database has the encoding LATIN1: create one with [^\n]*\n$/,
    );
  });
});

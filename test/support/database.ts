import { Client } from 'pg';

/** Set by the global setup for the whole run. */
export const TEMPLATE_VARIABLE = 'LATCHKEY_TEST_TEMPLATE';

/** `object_in_use`: another connection to the template may still be closing. */
const OBJECT_IN_USE = '55006';
const COPY_TRIES = 5;

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  drop(): Promise<void>;
}

let made = 0;

/** Creates a fresh database with every migration applied, for one test file or one test. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = requireVariable(TEMPLATE_VARIABLE);
  const server = requireVariable('TEST_DATABASE_URL');
  const name = `${template}_${process.pid}_${++made}`;
  await createDatabase(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    name,
    url: databaseUrl(server, name),
    drop: () => asAdmin(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

/** Creates the template database of a run; `migrate` applies every migration to it. */
export async function createTemplate(
  server: string,
  name: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  await createDatabase(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  await migrate(databaseUrl(server, name));
}

/** Drops the template of a run and every database created from it. */
export async function dropRun(server: string, template: string): Promise<void> {
  await asAdmin(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
      [template],
    );
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  });
}

async function createDatabase(server: string, statement: string): Promise<void> {
  await asAdmin(server, async (client) => {
    for (let tries = 1; ; tries++) {
      try {
        await client.query(statement);
        return;
      } catch (error) {
        if ((error as { code?: string }).code !== OBJECT_IN_USE || tries === COPY_TRIES) throw error;
      }
    }
  });
}

async function asAdmin(server: string, act: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

function requireVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}

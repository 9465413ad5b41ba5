import { Client } from 'pg';
import { createTestDatabase } from './database.js';

describe('createTestDatabase', () => {
  it('creates a separate database per call, which drop() removes', async () => {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()]);
    const [first] = databases;
    const client = new Client({ connectionString: first.url });
    // The forced drop terminates this connection.
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query('SELECT current_database() AS name');
    expect(rows).toEqual([{ name: first.name }]);
    expect(new Set(databases.map(({ name }) => name)).size).toBe(3);

    await Promise.all(databases.map((database) => database.drop()));
    await expect(new Client({ connectionString: first.url }).connect()).rejects.toThrow(/does not exist/);
  });
});

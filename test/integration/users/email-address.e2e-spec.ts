import { Client } from 'pg';
import { normaliseEmail } from '../../../src/users/email-address.js';

describe('normaliseEmail', () => {
  it('leaves nothing that Postgres would lower further, in any collation', async () => {
    const keys = new Set<string>();
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      const character = String.fromCodePoint(codePoint);
      // All other characters are refused.
      if (/[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) keys.add(normaliseEmail(`${character}@x`));
    }
    expect(keys.size).toBeGreaterThan(100_000);

    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    try {
      const { rows } = await client.query(
        `SELECT key FROM unnest($1::text[]) key
          WHERE key <> lower(key) OR key <> lower(key COLLATE "C") OR key <> lower(key COLLATE "und-x-icu")`,
        [[...keys]],
      );
      expect(rows).toEqual([]);
    } finally {
      await client.end();
    }
  });
});

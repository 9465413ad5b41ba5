import { createPublicKey, verify } from 'node:crypto';
import { DataSource } from 'typeorm';
import { KeyReplacement } from '../../../src/auth/keys/key-replacement.js';
import { KeySet } from '../../../src/auth/keys/key-set.js';
import { SigningKey } from '../../../src/auth/keys/signing-key.entity.js';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { es256, unrelatedKey } from '../../support/forge-token.js';
import { testConfig } from '../../support/test-config.js';
import { waitUntil } from '../../support/wait-until.js';

let database: TestDatabase;
let dataSource: DataSource;
const started: KeySet[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  const options = { ...dataSourceOptions(database.url, 4), entities: [SigningKey] };
  dataSource = await new DataSource(options).initialize();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((keys) => keys.onModuleDestroy()));
  await dataSource.destroy();
  await database.drop();
});

/** Starts the key set of one instance. */
async function start(env: Record<string, string> = {}, connection = dataSource): Promise<KeySet> {
  const keys = new KeySet(connection, testConfig(database.url, env));
  await keys.onModuleInit();
  started.push(keys);
  return keys;
}

const rows = () => dataSource.manager.find(SigningKey, { order: { signsFrom: 'ASC' } });
const kids = (keys: KeySet) => keys.jwks().keys.map(({ kid }) => kid);
/** Moves the timestamps of every key into the past, as if time had passed. */
const pass = (interval: string) =>
  dataSource.query(
    `UPDATE signing_keys SET created_at = created_at - $1::interval,
       signs_from = signs_from - $1::interval, signs_until = signs_until - $1::interval`,
    [interval],
  );

describe('the key set', () => {
  it('starts with one key that signs immediately and verifies with the published set', async () => {
    const keys = await start();
    const [jwk] = keys.jwks().keys;
    expect(jwk?.kid).toBe(keys.current().kid);
    const published = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const signed = es256(keys.current().privateKey)('text');
    expect(verify('sha256', Buffer.from('text'), { key: published, dsaEncoding: 'ieee-p1363' }, signed)).toBe(
      true,
    );
  });

  it('is the same on instances that start concurrently', async () => {
    const instances = await Promise.all([start(), start(), start(), start()]);
    expect(await rows()).toHaveLength(1);
    expect(new Set(instances.map((keys) => keys.current().kid)).size).toBe(1);
  });

  it('neither publishes private keys nor stores them unencrypted', async () => {
    const keys = await start();
    expect(Object.keys(keys.jwks().keys[0] ?? {}).sort()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
      'y',
    ]);
    const [row] = await rows();
    const { d } = keys.current().privateKey.export({ format: 'jwk' });
    expect(row?.privateKeySealed.includes(Buffer.from(String(d), 'base64url'))).toBe(false);
    expect(JSON.stringify(row?.publicJwk)).not.toContain(d);
  });

  it('survives a restart', async () => {
    const before = (await start()).current().kid;
    expect((await start()).current().kid).toBe(before);
  });

  it('refuses to start with another secret and reports it in one line', async () => {
    await start();
    const other = start({ LATCHKEY_SECRET: 'another secret of at least 32 bytes...' });
    await expect(other).rejects.toThrow(/^signing keys were sealed under another LATCHKEY_SECRET$/);
    expect(await rows()).toHaveLength(1);
  });

  it('returns no key for an unknown kid', async () => {
    const keys = await start();
    for (const kid of ['', 'unknown', '__proto__', 'constructor', '\u0000', 'k'.repeat(10_240)]) {
      expect(keys.publicKey(kid)).toBeUndefined();
    }
  });

  it('rejects a key that was written to the table without the secret', async () => {
    const keys = await start();
    const mine = keys.current().kid;
    const planted = createPublicKey(unrelatedKey()).export({ format: 'jwk' });
    await dataSource.query('UPDATE signing_keys SET public_jwk = $1', [planted]);
    await keys.refresh();
    expect(keys.jwks().keys[0]?.x).not.toBe(planted.x);

    await dataSource.query(
      `INSERT INTO signing_keys SELECT 'planted', $1, private_key_sealed, now(), now(), signs_until FROM signing_keys`,
      [planted],
    );
    await expect(keys.refresh()).rejects.toThrow();
    expect(keys.publicKey('planted')).toBeUndefined();
    expect(keys.current().kid).toBe(mine);
    await expect(start()).rejects.toThrow();
  });
});

describe('the rotation of keys', () => {
  it('publishes a successor before it signs, switches to it, and finally removes the old key', async () => {
    const [one, two] = [await start(), await start()];
    const old = one.current().kid;

    await pass('29 days 22 hours 30 minutes');
    await Promise.all([one.refresh(), two.refresh()]);
    await Promise.all([one.refresh(), two.refresh()]);
    expect(await rows()).toHaveLength(2);
    expect(kids(one)).toEqual(kids(two));
    const [first, successor] = kids(one);
    expect([first, one.current().kid, two.current().kid]).toEqual([old, old, old]);

    await pass('1 hour 30 minutes');
    await Promise.all([one.refresh(), two.refresh()]);
    expect([one.current().kid, two.current().kid]).toEqual([successor, successor]);
    expect(one.publicKey(old)).toBeDefined();

    await pass('19 minutes');
    await one.refresh();
    expect(one.publicKey(old)).toBeDefined();
    await pass('1 minute 1 second');
    await Promise.all([one.refresh(), two.refresh()]);
    expect(await rows()).toHaveLength(1);
    expect([one.publicKey(old), two.publicKey(old)]).toEqual([undefined, undefined]);
    expect(kids(one)).toEqual([successor]);
  });

  it('keeps signing with an overdue key until its successor has been published for an hour', async () => {
    const old = (await start()).current().kid;
    await pass('90 days');
    const keys = await start();
    expect(keys.current().kid).toBe(old);
    expect(kids(keys)).toHaveLength(2);
    await pass('59 minutes');
    await keys.refresh();
    expect(keys.current().kid).toBe(old);
    await pass('1 minute 1 second');
    await keys.refresh();
    expect(keys.current().kid).not.toBe(old);
    expect(keys.publicKey(old)).toBeDefined();
  });

  it('immediately replaces a leaked key that an operator deleted', async () => {
    const keys = await start();
    const leaked = keys.current().kid;
    await dataSource.query('DELETE FROM signing_keys');
    await keys.refresh();
    expect(keys.publicKey(leaked)).toBeUndefined();
    expect(keys.current().kid).not.toBe(leaked);
  });

  it('keeps using the keys in memory while the database is down', async () => {
    const own = await new DataSource({
      ...dataSourceOptions(database.url, 2),
      entities: [SigningKey],
    }).initialize();
    const keys = await start({}, own);
    const { kid } = keys.current();
    await own.destroy();
    await expect(keys.refresh()).rejects.toThrow();
    expect(keys.current().kid).toBe(kid);
    expect(keys.publicKey(kid)).toBeDefined();
    // An unknown key is not looked up in the database either.
    expect(keys.publicKey('unknown')).toBeUndefined();
  });
});

describe('the replacement of keys', () => {
  const replacement = () => {
    const { secret, accessToken } = testConfig(database.url);
    return new KeyReplacement(dataSource, secret, accessToken.keyRotationMs);
  };

  it('is noticed by running instances, none of which signs with a key that another does not know', async () => {
    const [one, two] = [await start(), await start()];
    const leaked = one.current().kid;
    const kid = await replacement().publish(5_000);
    expect(one.current().kid).toBe(leaked);
    let unknown = 0;
    await waitUntil('both sign with the new key', () => {
      if (!one.publicKey(two.current().kid) || !two.publicKey(one.current().kid)) unknown++;
      return one.current().kid === kid && two.current().kid === kid;
    });
    expect(unknown).toBe(0);
    expect(one.publicKey(leaked)).toBeDefined();

    expect(await replacement().removeOthers(kid)).toBe(1);
    await waitUntil(
      'both have forgotten the leaked key',
      () => !one.publicKey(leaked) && !two.publicKey(leaked),
    );
    expect(await rows()).toMatchObject([{ kid }]);
  });

  it('removes no key if another replacement has removed its own', async () => {
    await start();
    const [first, second] = [await replacement().publish(0), await replacement().publish(0)];
    expect(await replacement().removeOthers(first)).toBe(2);
    await expect(replacement().removeOthers(second)).rejects.toThrow(
      `another replacement has removed ${second}; no key was removed`,
    );
    expect(await rows()).toMatchObject([{ kid: first }]);
  });

  it('refuses another secret, with which the service could not use the new key', async () => {
    await start();
    const other = new KeyReplacement(dataSource, Buffer.from('another secret of at least 32 bytes'), 1);
    await expect(other.publish(0)).rejects.toThrow(/sealed under another LATCHKEY_SECRET/);
    expect(await rows()).toHaveLength(1);
  });
});

// oidc-provider with its tokens in Redis: a resource server introspects an opaque token on every request.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';
import { createClient } from 'redis';
import { inBatches } from '../in-batches.mjs';

const { BENCH_CREDENTIALS, BENCH_SESSIONS, HOST, PORT, REDIS_KEY_PREFIX, REDIS_URL } = process.env;
const redis = createClient({ url: REDIS_URL });
// Without an error listener, losing the connection would end this process.
redis.on('error', () => {});
await redis.connect();

/** The part of an adapter that introspection and revocation use: one JSON document per id. */
class RedisAdapter {
  constructor(kind) {
    this.kind = kind;
  }

  async upsert(id, payload, ttl) {
    await redis.set(this.key(id), JSON.stringify(payload), ttl ? { EX: ttl } : {});
  }

  async find(id) {
    const text = await redis.get(this.key(id));
    return text ? JSON.parse(text) : undefined;
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }

  async revokeByGrantId() {}

  key(id) {
    return `${REDIS_KEY_PREFIX}:${this.kind}:${id}`;
  }
}

const CLIENT = { client_id: 'resource-server', client_secret: 'a secret of the bench' };
const server = createServer();
await new Promise((resolve) => server.listen(Number(PORT), HOST, resolve));
const url = `http://${HOST}:${server.address().port}`;
const provider = new Provider(url, {
  adapter: RedisAdapter,
  clients: [{ ...CLIENT, grant_types: [], response_types: [], redirect_uris: [] }],
  features: {
    introspection: { enabled: true },
    revocation: { enabled: true },
    devInteractions: { enabled: false },
  },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  cookies: { keys: [randomUUID()] },
  ttl: { AccessToken: 3_600, Grant: 3_600 },
});
server.on('request', provider.callback());

const client = await provider.Client.find(CLIENT.client_id);
const tokens = await inBatches(Number(BENCH_SESSIONS), 32, async () => {
  const accountId = randomUUID();
  const grant = new provider.Grant({ accountId, clientId: CLIENT.client_id });
  grant.addOIDCScope('openid');
  const grantId = await grant.save();
  const token = new provider.AccessToken({
    accountId,
    client,
    grantId,
    scope: 'openid',
    gty: 'authorization_code',
  });
  return token.save();
});
writeFileSync(BENCH_CREDENTIALS, `${tokens.join('\n')}\n`);
console.log(`listening on ${url}`);

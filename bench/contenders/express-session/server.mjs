// express-session with connect-redis, set up as in its documentation for logins without anonymous sessions.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import { createClient } from 'redis';
import { inBatches } from '../in-batches.mjs';
import { meBody } from '../me-body.js';

const { BENCH_CREDENTIALS, BENCH_SESSIONS, HOST, PORT, REDIS_KEY_PREFIX, REDIS_URL } = process.env;
const client = createClient({ url: REDIS_URL });
// Without an error listener, losing the connection would end this process.
client.on('error', () => {});
await client.connect();

const app = express();
app.disable('x-powered-by');
app.use(
  session({
    store: new RedisStore({ client, prefix: `${REDIS_KEY_PREFIX}:` }),
    secret: randomUUID(),
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 86_400_000 },
  }),
);
app.post('/login', (request, response, next) => {
  request.session.regenerate((failure) => {
    if (failure) return next(failure);
    request.session.userId = randomUUID();
    response.status(204).end();
  });
});
app.post('/logout', (request, response, next) => {
  request.session.destroy((failure) => (failure ? next(failure) : response.status(204).end()));
});
app.get('/me', (request, response) => {
  if (!request.session.userId) return response.status(401).end();
  response.json(meBody(request.session.userId, request.sessionID.padEnd(36, '-')));
});

const server = app.listen(Number(PORT), HOST, async () => {
  const url = `http://${HOST}:${server.address().port}`;
  const cookies = await inBatches(Number(BENCH_SESSIONS), 32, async () => {
    const answer = await fetch(`${url}/login`, { method: 'POST' });
    return answer.headers.get('set-cookie').split(';', 1)[0];
  });
  writeFileSync(BENCH_CREDENTIALS, `${cookies.join('\n')}\n`);
  console.log(`listening on ${url}`);
});

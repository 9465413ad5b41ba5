// `node autocannon-run.mjs '{"aim":...,"burst":...}'`: what wrk.lua does, for machines without wrk.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const { aim, burst, turn: firstTurn } = JSON.parse(process.argv[2]);
const credentials = readFileSync(aim.credentialsFile, 'utf8').trimEnd().split('\n');
const prepared = credentials.map((credential) => {
  const filled = (text) => text.replaceAll('{}', () => credential);
  return {
    headers: Object.fromEntries(
      Object.entries(aim.headers ?? {}).map(([name, value]) => [name, filled(value)]),
    ),
    ...(aim.body ? { body: filled(aim.body) } : {}),
  };
});

// One turn for all connections, so that no two of them send the same credential.
let turn = firstTurn;
let unexpected = 0;
const result = await autocannon({
  url: aim.url,
  method: aim.method ?? 'GET',
  connections: burst.connections,
  duration: burst.seconds,
  requests: [
    {
      setupRequest: (request) => ({ ...request, ...prepared[turn++ % prepared.length] }),
      ...(burst.checked
        ? {
            onResponse: (_, body) => {
              if (!body.includes(aim.expect ?? '')) unexpected++;
            },
          }
        : {}),
    },
  ],
});
console.log(
  JSON.stringify({
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    bytes: result.throughput.total / result.requests.total,
    errors: result.errors + result.timeouts + result.non2xx + unexpected,
  }),
);

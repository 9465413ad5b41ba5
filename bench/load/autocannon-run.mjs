// `node autocannon-run.mjs '{"target":...,"options":...,"turn":...}'`: does what wrk.lua does, on machines without wrk.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const { target, options, turn: firstTurn } = JSON.parse(process.argv[2]);
const credentials = readFileSync(target.credentialsFile, 'utf8').trimEnd().split('\n');
const prepared = credentials.map((credential) => {
  const filled = (text) => text.replaceAll('{}', () => credential);
  return {
    headers: Object.fromEntries(
      Object.entries(target.headers ?? {}).map(([name, value]) => [name, filled(value)]),
    ),
    ...(target.body ? { body: filled(target.body) } : {}),
  };
});

// All connections share one counter, so that no two of them send the same credential.
let turn = firstTurn;
let unexpected = 0;
const result = await autocannon({
  url: target.url,
  method: target.method ?? 'GET',
  connections: options.connections,
  duration: options.seconds,
  requests: [
    {
      setupRequest: (request) => ({ ...request, ...prepared[turn++ % prepared.length] }),
      ...(options.checked
        ? {
            onResponse: (_, body) => {
              if (!body.includes(target.expect ?? '')) unexpected++;
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

// Many guards in one process, each with its own connection and ended set. `GET /` reports on them; `GET /?sid=` counts
// those that would grant a request of that session.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBaseUrls } from '@latchkey/guard/base-urls';
import { basicCredentials, WebSocketTransport } from '@latchkey/guard/connection/web-socket-transport';
import { GuardLink } from '@latchkey/revocation/guard-connection/guard-link';
import { CountedTransport } from './counted-transport.js';
import type { SwarmReport } from './swarm.js';

const {
  BENCH_CLIENT_ID = '',
  BENCH_CLIENT_SECRET = '',
  BENCH_GUARDS = '0',
  BENCH_SERVICE = '',
  HOST = '127.0.0.1',
} = process.env;
/** Handshakes at the same time. */
const CONNECTING_MAX = 20;

const baseUrls = readBaseUrls(BENCH_SERVICE.split(','), false);
const authorization = basicCredentials(BENCH_CLIENT_ID, BENCH_CLIENT_SECRET);
const counts = { ends: 0, disconnects: 0 };
const links = Array.from({ length: Number(BENCH_GUARDS) }, (_, index) => createLink(index));
for (let at = 0; at < links.length; at += CONNECTING_MAX) {
  const connecting = links.slice(at, at + CONNECTING_MAX);
  for (const link of connecting) link.start();
  await Promise.all(connecting.map((link) => link.ready()));
}

/** The guards have the instances as their parents in turn. */
function createLink(index: number): GuardLink {
  const transport = new WebSocketTransport(
    { baseUrls, authorization },
    () => (index % baseUrls.length) / baseUrls.length,
  );
  return new GuardLink({ transport: new CountedTransport(transport, counts), onEnds() {} });
}

const server = createServer((request, response) => {
  const sessionId = new URL(request.url ?? '', 'http://swarm').searchParams.get('sid');
  response.end(JSON.stringify(sessionId ? { granting: countGranting(sessionId) } : report()));
});

function countGranting(sessionId: string): number {
  // Seeded sessions have the id of their user.
  const subject = { sessionId, userId: sessionId, sessionEpoch: 0, rolesVersion: 0 };
  return links.filter((link) => link.judge(subject).state === 'active').length;
}

function report(): SwarmReport {
  return {
    guards: links.length,
    trusting: links.filter((link) => link.mayTrust()).length,
    fewestEnds: Math.min(...links.map((link) => link.endedSetSize)),
    endsMessages: counts.ends,
    disconnects: counts.disconnects,
  };
}

process.once('SIGTERM', async () => {
  await Promise.all(links.map((link) => link.stop()));
  process.exit(0);
});
server.listen(0, HOST, () => {
  process.stdout.write(`listening on http://${HOST}:${(server.address() as AddressInfo).port}\n`);
});

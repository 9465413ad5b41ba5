// An introspection endpoint (RFC 7662) that costs as little as one can: it has every answer in memory, as text.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { BENCH_CREDENTIALS, HOST, PORT } = process.env;
const CREDENTIALS = `Basic ${Buffer.from('resource-server:a+secret+of+the+bench').toString('base64')}`;
const INACTIVE = JSON.stringify({ active: false });

const answers = new Map(
  readFileSync(BENCH_CREDENTIALS, 'utf8')
    .trimEnd()
    .split('\n')
    .map((token) => [token, answerOf(token)]),
);

function answerOf(token) {
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  return JSON.stringify({ active: true, token_type: 'Bearer', ...claims });
}

const server = createServer((request, response) => {
  if (request.method !== 'POST' || request.headers.authorization !== CREDENTIALS) {
    response.writeHead(401).end();
    return;
  }
  let body = '';
  request.setEncoding('latin1').on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    const answer = answers.get(body.slice('token='.length)) ?? INACTIVE;
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) })
      .end(answer);
  });
});
server.listen(Number(PORT), HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`));

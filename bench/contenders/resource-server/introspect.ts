import { Agent, request } from 'node:http';
import { bearerToken, type Caller, Unauthorized } from './caller.js';

interface Introspection {
  readonly active: boolean;
  readonly sub: string;
  readonly sid: string;
}

const { BENCH_INTROSPECTION = '' } = process.env;
const AGENT = new Agent({ keepAlive: true });
const OPTIONS = {
  method: 'POST',
  agent: AGENT,
  headers: {
    authorization: `Basic ${Buffer.from('resource-server:a+secret+of+the+bench').toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  },
};

/** Sends the token of a request to the introspection endpoint (RFC 7662). @throws {Unauthorized} unless it is active */
export async function introspect(authorization: string | undefined): Promise<Caller> {
  const { active, sub, sid } = await post(`token=${bearerToken(authorization)}`);
  if (!active) throw new Unauthorized();
  return { userId: sub, sessionId: sid };
}

/** Over Node's `http` with persistent connections, which costs less than `fetch`. */
function post(body: string): Promise<Introspection> {
  return new Promise((resolve, reject) => {
    const sent = request(BENCH_INTROSPECTION, OPTIONS, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(JSON.parse(text) as Introspection));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

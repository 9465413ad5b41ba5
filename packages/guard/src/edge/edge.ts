import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Guard } from '../guard.js';
import { AssertionSigner } from './assertion-signer.js';
import { EdgeCheck } from './edge-check.js';
import type { EdgeSettings } from './edge-settings.js';
import { type GrpcEndpoint, startGrpcEndpoint } from './grpc/grpc-endpoint.js';
import { httpEndpoint } from './http-endpoint.js';
import { listen } from './listen.js';
import { readinessOf } from './readiness.js';
import { generateSigningKey, readSigningKey, type SigningKey } from './signing-key.js';

const DEADLINE_MS = 150;
const STOP_MS = 5_000;

/** A running edge. */
export interface Edge {
  /** The port of the HTTP endpoint; `null` on a Unix socket. */
  readonly port: number | null;
  /** The port of the gRPC endpoint; `null` if there is none, or on a Unix socket. */
  readonly grpcPort: number | null;
  /** Answers what has arrived, then closes everything. */
  stop(): Promise<void>;
}

export interface EdgeDependencies {
  readonly guard: Guard;
  /** Called for errors that are faults of the edge. */
  readonly onFault: (error: unknown) => void;
}

/** Starts the endpoints. The guard is closed with the edge. */
export async function startEdge(settings: EdgeSettings, { guard, onFault }: EdgeDependencies): Promise<Edge> {
  const keys = await signingKeys(settings.assertionKeys);
  const check = new EdgeCheck({
    guard,
    assertions: new AssertionSigner(keys[0], settings.assertionIssuer),
    assertionAudience: settings.assertionAudience,
    cookieName: settings.cookie,
    origins: new Set(settings.origins),
    signInUrl: settings.signInUrl,
    deadlineMs: DEADLINE_MS,
    onFault,
  });
  const keySet = { keys: keys.map(({ jwk }) => jwk) };
  const http = httpEndpoint({ check, keySet, hops: settings.forwardedHops, isReady: readinessOf(guard) });
  const { host, port, socket, socketMode } = settings;
  await listen(http, socket === undefined ? { host, port } : { path: socket, mode: socketMode });
  const grpc = await startGrpcEndpoint(check, settings);
  return {
    port: portOf(http),
    grpcPort: grpc?.port ?? null,
    stop: () => stop(http, grpc, guard),
  };
}

async function signingKeys(pems: readonly string[]): Promise<[SigningKey, ...SigningKey[]]> {
  const [first, ...others] = await Promise.all(pems.map((pem) => readSigningKey(pem)));
  return [first ?? (await generateSigningKey()), ...others];
}

function portOf(server: Server): number | null {
  const address = server.address();
  return address === null || typeof address === 'string' ? null : address.port;
}

async function stop(http: Server, grpc: GrpcEndpoint | null, guard: Guard): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  const timer = setTimeout(() => http.closeAllConnections(), STOP_MS);
  await Promise.all([closed, grpc?.stop(STOP_MS)]);
  clearTimeout(timer);
  await guard.close();
}

import { type AddressInfo, createServer, type Server as SocketServer } from 'node:net';
import type { Server as GrpcServer, handleUnaryCall } from '@grpc/grpc-js';
import type { EdgeCheck } from '../edge-check.js';
import { EdgeError } from '../edge-error.js';
import type { EdgeSettings } from '../edge-settings.js';
import { type ListenAddress, listen } from '../listen.js';
import { refusal } from '../refusal.js';
import { checkResponse } from './check-response.js';
import { type CheckRequest, type CheckResponse, extAuthzService } from './ext-authz.js';
import { gatewayRequest } from './gateway-request.js';

export interface GrpcEndpoint {
  /** `null` on a Unix socket. */
  readonly port: number | null;
  /** Answers what has arrived, for at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

type GrpcSettings = Pick<EdgeSettings, 'grpcPort' | 'grpcSocket' | 'host' | 'socketMode' | 'forwardedHops'>;

/** Starts Envoy's ext_authz, version 3. `null` if it is not configured. */
export async function startGrpcEndpoint(
  check: Pick<EdgeCheck, 'answer'>,
  settings: GrpcSettings,
): Promise<GrpcEndpoint | null> {
  const address = addressOf(settings);
  if (!address) return null;
  const { Server, ServerCredentials } = await grpcPackage();
  const grpc = new Server();
  grpc.addService(await extAuthzService(), { Check: checkHandler(check, settings.forwardedHops) });
  // A listener of our own: gRPC's cannot restrict who may connect to a Unix socket.
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = createServer({ noDelay: true }, (socket) => injector.injectConnection(socket));
  await listen(sockets, address);
  return {
    port: 'path' in address ? null : (sockets.address() as AddressInfo).port,
    stop: (graceMs) => stop(sockets, grpc, graceMs),
  };
}

function addressOf({ grpcPort, grpcSocket, host, socketMode }: GrpcSettings): ListenAddress | null {
  if (grpcSocket !== undefined) return { path: grpcSocket, mode: socketMode };
  return grpcPort === undefined ? null : { host, port: grpcPort };
}

async function grpcPackage(): Promise<typeof import('@grpc/grpc-js')> {
  try {
    return await import('@grpc/grpc-js');
  } catch (error) {
    throw new Error('ext_authz needs two more packages: npm install @grpc/grpc-js @grpc/proto-loader', {
      cause: error,
    });
  }
}

function checkHandler(
  check: Pick<EdgeCheck, 'answer'>,
  hops: number,
): handleUnaryCall<CheckRequest, CheckResponse> {
  return (call, callback) => {
    const request = gatewayRequest(call.request, hops);
    if (!request) {
      const answer = refusal(new EdgeError('malformed_request', 'The check has no HTTP attributes.'), false);
      return callback(null, checkResponse(answer));
    }
    check.answer(request).then(
      (answer) => callback(null, checkResponse(answer)),
      (error: Error) => callback(error),
    );
  };
}

function stop(sockets: SocketServer, grpc: GrpcServer, graceMs: number): Promise<void> {
  sockets.close();
  return new Promise((resolve) => {
    const timer = setTimeout(() => grpc.forceShutdown(), graceMs);
    grpc.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

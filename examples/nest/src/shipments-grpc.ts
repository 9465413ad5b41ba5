import { fileURLToPath } from 'node:url';
import { type GrpcOptions, Transport } from '@nestjs/microservices';

/** @param url `host:port` of the shipping service */
export function shipmentsGrpc(url: string): GrpcOptions {
  const protoPath = fileURLToPath(new URL('../proto/shipments.proto', import.meta.url));
  return { transport: Transport.GRPC, options: { package: 'shop', protoPath, url } };
}

import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import {
  Inject,
  Injectable,
  type OnModuleInit,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import type { ClientGrpc } from '@nestjs/microservices';
import { catchError, type Observable } from 'rxjs';

interface Shipments {
  find(order: { id: number }, metadata: Metadata): Observable<unknown>;
}

/** Calls the shipping service on behalf of a user. */
@Injectable()
export class ShipmentsClient implements OnModuleInit {
  static readonly TRANSPORT = Symbol('shipments');
  private service!: Shipments;

  constructor(@Inject(ShipmentsClient.TRANSPORT) private readonly transport: ClientGrpc) {}

  onModuleInit(): void {
    this.service = this.transport.getService<Shipments>('Shipments');
  }

  /** @param authorization the header of the request that is being answered */
  find(orderId: number, authorization: string): Observable<unknown> {
    const metadata = new Metadata();
    metadata.set('authorization', authorization);
    return this.service.find({ id: orderId }, metadata).pipe(
      catchError((error: ServiceError) => {
        // The session may have ended since the guard of this service checked it.
        if (error.code === status.UNAUTHENTICATED) throw new UnauthorizedException(error.details);
        throw new ServiceUnavailableException();
      }),
    );
  }
}

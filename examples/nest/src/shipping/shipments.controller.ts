import { CurrentUser, type Principal } from '@latchkey/guard/nest';
import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';

/** Guarded like a controller for HTTP: the token is in the metadata of the call, at `authorization`. */
@Controller()
export class ShipmentsController {
  @GrpcMethod('Shipments', 'Find')
  find(@Payload() { id }: { id: number }, @CurrentUser() user: Principal) {
    return { orderId: id, recipient: user.userId, status: 'packed' };
  }
}

import { CurrentUser, type Principal, Public, RecentLogin, Roles } from '@latchkey/guard/nest';
import { Controller, Get, Headers, HttpCode, Param, ParseIntPipe, Post } from '@nestjs/common';
import { OrdersService } from './orders.service.js';
import { ShipmentsClient } from './shipments-client.js';

@Controller()
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly shipments: ShipmentsClient,
  ) {}

  @Public()
  @Get()
  about() {
    return { service: 'orders' };
  }

  @Get('orders')
  list(@CurrentUser() user: Principal) {
    return this.orders.of(user.userId);
  }

  @Post('orders')
  place(@CurrentUser() user: Principal) {
    return this.orders.place(user.userId);
  }

  /** Asks the shipping service with the token of the caller, which that service checks again. */
  @Get('orders/:id/shipment')
  shipment(@Param('id', ParseIntPipe) id: number, @Headers('authorization') authorization: string) {
    return this.shipments.find(id, authorization);
  }

  @Roles('admin')
  @Get('reports')
  report() {
    return { revenue: 1815 };
  }

  @RecentLogin('5m')
  @HttpCode(200)
  @Post('refunds')
  refund() {
    return { refunded: true };
  }
}

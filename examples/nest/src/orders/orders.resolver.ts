import { CurrentUser, type Principal } from '@latchkey/guard/nest';
import { Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { Order } from './order.js';
import { OrdersService } from './orders.service.js';

@Resolver(() => Order)
export class OrdersResolver {
  constructor(private readonly orders: OrdersService) {}

  @Query(() => [Order], { name: 'orders' })
  list(@CurrentUser() user: Principal): readonly Order[] {
    return this.orders.of(user.userId);
  }

  @Mutation(() => Order)
  placeOrder(@CurrentUser() user: Principal): Order {
    return this.orders.place(user.userId);
  }

  /**
   * The caller's new orders. A browser sends its token in the `connectionParams` of graphql-ws, at `authorization`. The
   * guard closes the connection when the session ends.
   */
  @Subscription(() => Order, { resolve: ([order]: [Order]) => order })
  orderPlaced(@CurrentUser() user: Principal) {
    return this.orders.placedBy(user.userId);
  }
}

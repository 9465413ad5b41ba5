import { EventEmitter, on } from 'node:events';
import { Injectable } from '@nestjs/common';
import type { Order } from './order.js';

/** The orders of this process, by user. A real service has a database. */
@Injectable()
export class OrdersService {
  private readonly orders = new Map<string, readonly Order[]>();
  private readonly placed = new EventEmitter().setMaxListeners(0);

  of(userId: string): readonly Order[] {
    return this.orders.get(userId) ?? [];
  }

  place(userId: string): Order {
    const order = { id: this.of(userId).length + 1, placedAt: new Date().toISOString() };
    this.orders.set(userId, [...this.of(userId), order]);
    this.placed.emit(userId, order);
    return order;
  }

  /** The user's new orders, each in a list of one. */
  placedBy(userId: string): AsyncIterable<[Order]> {
    return on(this.placed, userId) as AsyncIterable<[Order]>;
  }
}

import { EventEmitter } from 'node:events';

/** The orders of this process, by user. A real service has a database. */
const orders = new Map();
const events = new EventEmitter().setMaxListeners(0);

export function ordersOf(userId) {
  return orders.get(userId) ?? [];
}

export function addOrder(userId) {
  const order = { id: ordersOf(userId).length + 1, placedAt: new Date().toISOString() };
  orders.set(userId, [...ordersOf(userId), order]);
  events.emit(userId, order);
  return order;
}

/** Calls the listener for each new order of the user. @returns a function that removes it */
export function onOrder(userId, listener) {
  events.on(userId, listener);
  return () => events.off(userId, listener);
}

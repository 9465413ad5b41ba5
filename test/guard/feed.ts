import { EventEmitter, on } from 'node:events';

/** What handlers that deliver until their client leaves subscribe to. */
export class Feed<T> {
  readonly #emitter = new EventEmitter();

  send(item: T): void {
    this.#emitter.emit('item', item);
  }

  /** How many subscriptions are open. */
  get listeners(): number {
    return this.#emitter.listenerCount('item');
  }

  subscribe(): AsyncIterableIterator<T> {
    const items = on(this.#emitter, 'item');
    const first = ({ done, value }: IteratorResult<T[]>): IteratorResult<T> =>
      done ? { done: true, value: undefined } : { done: false, value: value[0] as T };
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: async () => first(await items.next()),
      return: async () => first((await items.return?.()) ?? { done: true, value: undefined }),
    };
  }
}

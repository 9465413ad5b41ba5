/**
 * Runs one question at a time. Callers that come during it share the next one: an answer to a question that was asked
 * before they came may be too old for them.
 */
export class NextAnswer<T> {
  private running: Promise<unknown> = Promise.resolve();
  private next: Promise<T> | null = null;

  constructor(private readonly ask: () => Promise<T>) {}

  /** @returns the answer to a question that is asked after this call */
  get(): Promise<T> {
    this.next ??= this.start();
    return this.next;
  }

  private async start(): Promise<T> {
    await this.running.catch(() => {
      // Those who asked that question have its error.
    });
    this.next = null;
    const answer = this.ask();
    this.running = answer;
    return answer;
  }
}

/** Holds a step back until a test lets it continue; the label names the step. */
export type Turn = (label: string) => Promise<void>;

export const AT_ONCE: Turn = async () => {};

/** Holds back the steps with one label, and lets all the others pass. */
export class HeldSteps {
  private readonly waiting: (() => void)[] = [];
  private isOpen = false;

  constructor(private readonly label: string) {}

  readonly turn: Turn = (label) =>
    this.isOpen || label !== this.label
      ? Promise.resolve()
      : new Promise((resolve) => this.waiting.push(resolve));

  get count(): number {
    return this.waiting.length;
  }

  /** Lets the step that has waited longest continue. */
  releaseFirst(): void {
    this.waiting.shift()?.();
  }

  /** Lets the held steps continue, and holds back no more. */
  release(): void {
    this.isOpen = true;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

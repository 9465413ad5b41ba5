import { useRef, useState } from 'preact/hooks';

export interface Task {
  readonly isBusy: boolean;
  /** Why the last run failed, until the next one. */
  readonly error: unknown;
  run(): Promise<void>;
}

/** Somebody has thought better of it: nothing to tell. */
export class Cancelled extends Error {}

/** Work that somebody starts and that is never started twice at once. */
export function useTask(work: () => Promise<void>): Task {
  const [state, setState] = useState<{ isBusy: boolean; error: unknown }>({ isBusy: false, error: null });
  const isRunning = useRef(false);
  const run = async () => {
    // The state is that of the last drawing; a double click is quicker.
    if (isRunning.current) return;
    isRunning.current = true;
    setState({ isBusy: true, error: null });
    try {
      await work();
      setState({ isBusy: false, error: null });
    } catch (error) {
      setState({ isBusy: false, error: error instanceof Cancelled ? null : error });
    } finally {
      isRunning.current = false;
    }
  };
  return { ...state, run };
}

import { useRef, useState } from 'preact/hooks';

export interface Task {
  readonly isBusy: boolean;
  /** Why the last run failed, until the next one. */
  readonly error: unknown;
  run(): Promise<void>;
}

/** The user cancelled, so there is no error to show. */
export class Cancelled extends Error {}

/** Asynchronous work started by the user, never twice at the same time. */
export function useTask(work: () => Promise<void>): Task {
  const [state, setState] = useState<{ isBusy: boolean; error: unknown }>({ isBusy: false, error: null });
  const isRunning = useRef(false);
  const run = async () => {
    // The state is from the last render; a double click is faster.
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

/** A timer that fires later than this was held up by the event loop. */
const STALL_MS = 20;
/** How long a dependency has after a stall. An answer that arrived during it needs far less. */
const GRACE_MS = 50;

/**
 * Calls `expire` once, `ms` from now, unless it is cancelled before.
 *
 * Time in which this process did nothing does not count against the dependency. After a stall of the event loop Node
 * runs timers before it reads sockets, so an answer that arrived in time would lose against the timer that waits for it.
 * Sockets are therefore read once before the deadline expires, and after a stall there is a short grace, because an
 * answer may take several reads.
 *
 * @returns a function that cancels it
 */
export function startDeadline(ms: number, expire: () => void): () => void {
  const dueAt = performance.now() + ms;
  let immediate: NodeJS.Immediate | undefined;
  const afterReads = (next: () => void) => () => {
    immediate = setImmediate(next);
  };
  const due = () => {
    if (performance.now() - dueAt > STALL_MS) timer = setTimeout(afterReads(expire), GRACE_MS);
    else afterReads(expire)();
  };
  let timer = setTimeout(due, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
}

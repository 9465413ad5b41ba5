/** A process and all below it, parents first. */
export function processTree(root: number): number[];

/** Waits, without letting anything else run, until a process that was sent SIGSTOP has stopped or is gone. */
export function waitUntilStopped(pid: number): void;

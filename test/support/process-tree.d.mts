/** A process and all below it, parents first. */
export function processTree(root: number): number[];

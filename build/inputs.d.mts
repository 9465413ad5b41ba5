/** A hash of the names and contents of all files that a build reads. */
export function hashOf(root: string): string;

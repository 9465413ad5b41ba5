/** Whoever starts the service sees one line; the stack is of use only where the fault is ours. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is taken: set PORT to another one`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be used by this user: set PORT`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${address}: set HOST`;
  const isExpected = error.name !== 'Error' && error.name !== 'TypeError';
  return isExpected ? error.message : (error.stack ?? error.message);
}

import { isGrant, type Operation } from './history.js';

/** What clients observed about the successor of a refresh token. */
export interface Successor {
  readonly token: string;
  /** When a refresh that issued it was sent first, and answered first: the rotation was in between. */
  readonly requestedAt: number;
  readonly issuedAt: number;
  /** The request that used it first, with its access token or its refresh token; `null` if none was granted. */
  readonly firstUse: Operation | null;
}

/** The successor of each refresh token that was exchanged, by the token that was presented. */
export function successorsOf(operations: readonly Operation[]): Map<string, Successor> {
  const uses = new Map<string, Operation>();
  for (const operation of operations.filter(isGrant)) {
    const token = operation.kind === 'refresh' ? operation.presented : operation.issuedWith;
    if (token === undefined) continue;
    const first = uses.get(token);
    if (!first || operation.endedAt < first.endedAt) uses.set(token, operation);
  }
  const successors = new Map<string, Successor>();
  for (const { presented, issued, startedAt, endedAt } of operations) {
    if (presented === undefined || issued === undefined) continue;
    const known = successors.get(presented);
    successors.set(presented, {
      token: known?.token ?? issued,
      requestedAt: Math.min(startedAt, known?.requestedAt ?? startedAt),
      issuedAt: Math.min(endedAt, known?.issuedAt ?? endedAt),
      firstUse: uses.get(known?.token ?? issued) ?? null,
    });
  }
  return successors;
}

/** The refreshes that may count as reuse: they presented a token whose successor may have been used, late or rotated. */
export function reusesOf(operations: readonly Operation[], graceMs: number): Operation[] {
  const successors = successorsOf(operations);
  return operations.filter(({ presented, endedAt }) => {
    const successor = presented === undefined ? undefined : successors.get(presented);
    if (!successor?.firstUse || successor.firstUse.startedAt > endedAt) return false;
    return endedAt > successor.requestedAt + graceMs || successor.firstUse.kind === 'refresh';
  });
}

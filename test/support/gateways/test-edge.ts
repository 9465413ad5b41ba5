import { type Edge, startEdge } from '../../../packages/guard/src/edge/edge.js';
import type { EdgeSettings } from '../../../packages/guard/src/edge/edge-settings.js';
import { ScriptedGuard } from '../../../packages/guard/testing/scripted-guard.js';

export interface TestEdge {
  readonly edge: Edge;
  readonly guard: ScriptedGuard;
  /** Errors that were faults of the edge. */
  readonly faults: unknown[];
}

/** An edge on free ports, whose sessions are in memory. */
export async function startTestEdge(changes: Partial<EdgeSettings> = {}): Promise<TestEdge> {
  const guard = new ScriptedGuard();
  const faults: unknown[] = [];
  const settings: EdgeSettings = {
    issuer: 'https://auth.example.com',
    service: ['https://auth.example.com'],
    clientId: 'edge',
    clientSecret: 'secret',
    audience: ['orders'],
    whenUnreachable: 'refuse',
    allowInsecure: false,
    ca: undefined,
    host: '127.0.0.1',
    port: 0,
    socket: undefined,
    socketMode: 0o660,
    grpcPort: undefined,
    grpcSocket: undefined,
    cookie: undefined,
    origins: ['http://app.example.com'],
    signInUrl: 'https://login.example.com/',
    forwardedHops: 1,
    assertionKeys: [],
    assertionIssuer: 'latchkey-edge',
    assertionAudience: 'orders',
    ...changes,
  };
  const edge = await startEdge(settings, { guard, onFault: (error) => faults.push(error) });
  return { edge, guard, faults };
}

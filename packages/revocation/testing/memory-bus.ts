import type { Bus, BusListener, HeartbeatReceipt, PushReceipt } from '../src/bus.js';
import type { Inspection } from '../src/inspection.js';
import type { Revocations } from '../src/session-store.js';
import { AT_ONCE, type Turn } from './turn.js';

/** The server through which simulated instances communicate. It keeps the order of messages for each subscription. */
export class MemoryServer {
  readonly table = new Map<string, number>();
  readonly answers: Inspection[] = [];
  runId = 'server-1';
  turn: Turn = AT_ONCE;
  private readonly subscriptions = new Map<string, { listener: BusListener; last: Promise<void> }>();
  private instances = 0;

  bus(): MemoryBus {
    this.instances += 1;
    return new MemoryBus(this, `instance-${this.instances}`);
  }

  get receivers(): number {
    return this.subscriptions.size;
  }

  subscribe(instanceId: string, listener: BusListener): void {
    this.subscriptions.set(instanceId, { listener, last: Promise.resolve() });
    listener.subscribed();
  }

  cut(instanceId: string): void {
    const subscription = this.subscriptions.get(instanceId);
    this.subscriptions.delete(instanceId);
    subscription?.listener.lost();
  }

  /** Loses an instance's messages without closing its subscription. */
  silence(instanceId: string): void {
    this.subscriptions.delete(instanceId);
  }

  /** @param to `null` for every instance */
  publish(to: string | null, deliver: (listener: BusListener) => void): void {
    for (const [instanceId, subscription] of this.subscriptions) {
      if (to !== null && to !== instanceId) continue;
      subscription.last = subscription.last
        .then(() => this.turn('a message is delivered'))
        .then(() => {
          if (this.subscriptions.get(instanceId) === subscription) deliver(subscription.listener);
        });
    }
  }
}

export class MemoryBus implements Bus {
  isCutOff = false;
  private listener: BusListener | null = null;

  constructor(
    private readonly server: MemoryServer,
    readonly instanceId: string,
  ) {}

  start(listener: BusListener): void {
    this.listener = listener;
    this.server.subscribe(this.instanceId, listener);
  }

  async heartbeat(sequence: number): Promise<HeartbeatReceipt> {
    this.requireConnected();
    const previous = this.server.table.get(this.instanceId) ?? null;
    this.server.table.set(this.instanceId, sequence);
    this.server.publish(this.instanceId, (listener) => listener.heartbeat(sequence));
    return { previous, server: this.server.runId };
  }

  async push(pushId: string, revocations: Revocations): Promise<PushReceipt> {
    await this.server.turn('a push is sent');
    this.requireConnected();
    this.server.publish(null, (listener) => listener.push(this.instanceId, pushId, revocations));
    const { table, runId, receivers } = this.server;
    return { registered: new Map(table), server: runId, receivers };
  }

  async acknowledge(revoker: string, pushId: string): Promise<void> {
    this.requireConnected();
    this.server.publish(revoker, (listener) => listener.acknowledgement(this.instanceId, pushId));
  }

  async forget(instanceId: string, sequence: number): Promise<void> {
    if (this.server.table.get(instanceId) === sequence) this.server.table.delete(instanceId);
  }

  async announceChange(sessionIds: readonly string[]): Promise<void> {
    this.requireConnected();
    this.server.publish(null, (listener) => listener.changed(sessionIds));
  }

  async answer(_replyTo: string, inspection: Inspection): Promise<void> {
    this.server.answers.push(inspection);
  }

  /** What an operator would send. */
  ask(sessionId: string): void {
    this.server.publish(null, (listener) => listener.question('an operator', sessionId));
  }

  resubscribe(): void {
    this.server.cut(this.instanceId);
    if (this.listener && !this.isCutOff) this.server.subscribe(this.instanceId, this.listener);
  }

  async stop(): Promise<void> {
    this.server.cut(this.instanceId);
    this.server.table.delete(this.instanceId);
  }

  private requireConnected(): void {
    if (this.isCutOff) throw new Error('cut off');
  }
}

import type { Inspection } from './inspection.js';
import type { Revocations } from './session-store.js';

/** What the server answers to a heartbeat. */
export interface HeartbeatReceipt {
  /** The sequence that this instance was registered with before; `null` when it was not. */
  readonly previous: number | null;
  /** Names the server and its history: another name is another server, or the same one started or promoted anew. */
  readonly server: string;
}

/** What the server answers to a push. */
export interface PushReceipt {
  /** Every registered instance with the sequence of its last heartbeat, this one included. */
  readonly registered: ReadonlyMap<string, number>;
  readonly server: string;
}

/** What an instance hears. Messages of one subscription keep the order in which the server took them. */
export interface BusListener {
  /** A new subscription stands; whatever was published before it is lost. */
  subscribed(): void;
  /** The subscription is gone. */
  lost(): void;
  heartbeat(sequence: number): void;
  push(from: string, pushId: string, ends: Revocations): void;
  acknowledgement(from: string, pushId: string): void;
  /** Something of these sessions has changed, though they have not ended. */
  changed(sessionIds: readonly string[]): void;
  /** An operator asks what is known of a session. */
  question(replyTo: string, sessionId: string): void;
}

/** The port to the other instances. Every call rejects when the server cannot be reached or does not answer in time. */
export interface Bus {
  /** Names this process's stay on the bus; never used twice. */
  readonly instanceId: string;
  /** Connects, subscribes, and stays subscribed until stopped. */
  start(listener: BusListener): void;
  /** One atomic step: registers this instance and publishes its heartbeat to itself. */
  heartbeat(sequence: number): Promise<HeartbeatReceipt>;
  /** One atomic step: publishes the ends to all and returns who is registered. */
  push(pushId: string, ends: Revocations): Promise<PushReceipt>;
  acknowledge(revoker: string, pushId: string): Promise<void>;
  /** Strikes an instance off, unless it has sent a heartbeat since `sequence`. */
  forget(instanceId: string, sequence: number): Promise<void>;
  /** Tells all that what caches hold of these sessions is old. A hint: it may be lost. */
  announceChange(sessionIds: readonly string[]): Promise<void>;
  answer(replyTo: string, inspection: Inspection): Promise<void>;
  /** Gives up the present subscription for a new one. */
  resubscribe(): void;
  stop(): Promise<void>;
}

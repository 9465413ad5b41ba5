import type { Inspection } from './inspection.js';
import type { Revocations } from './session-store.js';

/** The server's answer to a heartbeat. */
export interface HeartbeatReceipt {
  /** The sequence with which this instance was registered before; `null` if it was not registered. */
  readonly previous: number | null;
  /** Identifies the server and its history: it changes when another server answers, and when this one is restarted or promoted. */
  readonly server: string;
}

/** The server's answer to a push. */
export interface PushReceipt {
  /** Every registered instance, including this one, with the sequence of its last heartbeat. */
  readonly registered: ReadonlyMap<string, number>;
  readonly server: string;
  /** How many subscriptions received the push. More than are registered: the table lacks an instance. */
  readonly receivers: number;
}

/** Receives messages. One subscription delivers them in the order in which the server accepted them. */
export interface BusListener {
  /** A new subscription has been established; what was published before it is lost. */
  subscribed(): void;
  /** The subscription is gone. */
  lost(): void;
  heartbeat(sequence: number): void;
  push(from: string, pushId: string, revocations: Revocations): void;
  /** The part of a push that could be read; it is not to be acknowledged. */
  revoked(revocations: Revocations): void;
  acknowledgement(from: string, pushId: string): void;
  /** These sessions have changed, but have not ended. */
  changed(sessionIds: readonly string[]): void;
  /** An operator asks what this instance knows about a session. */
  question(replyTo: string, sessionId: string): void;
}

/** The port to the other instances. Every call rejects when the server cannot be reached or does not answer in time. */
export interface Bus {
  /** Identifies this run of this process; never used again. */
  readonly instanceId: string;
  /** Connects, subscribes, and stays subscribed until `stop`. */
  start(listener: BusListener): void;
  /** One atomic step: registers this instance and publishes its heartbeat to itself. */
  heartbeat(sequence: number): Promise<HeartbeatReceipt>;
  /** One atomic step: publishes the revocations to every instance and returns which instances are registered. */
  push(pushId: string, revocations: Revocations): Promise<PushReceipt>;
  acknowledge(revoker: string, pushId: string): Promise<void>;
  /** Removes an instance from the table, unless it has sent a heartbeat since `sequence`. */
  forget(instanceId: string, sequence: number): Promise<void>;
  /** Announces that cached copies of these sessions are out of date. A hint: it may be lost. */
  announceChange(sessionIds: readonly string[]): Promise<void>;
  answer(replyTo: string, inspection: Inspection): Promise<void>;
  /** Replaces the current subscription with a new one. */
  resubscribe(): void;
  stop(): Promise<void>;
}

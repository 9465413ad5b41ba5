import type { Use } from '@latchkey/revocation/cached-session';
import type { RequestClient } from '../../http/routes/request-client.js';
import { sharedText } from '../store/shared-texts.js';

export interface Client extends Pick<RequestClient, 'address'> {
  /** `null` if it is not known: gateways often drop it. Nothing is then concluded from it. */
  readonly userAgent: string | null;
}

/**
 * How this instance has seen one session used: cached beside its snapshot, so that a request costs no further lookup.
 * It is the only part of a cached session that a request changes, and it changes only through its own methods.
 *
 * The texts of a request are kept only when they differ from those that are kept already: an object that outlives its
 * request costs the garbage collector more than the rest of a check costs.
 */
export class SessionUse implements Use {
  private lastGrantedAt = 0;
  private clientAddress: string | null = null;
  private clientUserAgent: string | null = '';
  /** The monotonic instants of the last use and the last poll, and the address of the later one, to be written. */
  private usedAt = 0;
  private pollNotedAt = 0;
  private usedFrom = '';
  private isQueued = false;
  private seenGeneration = 0;

  /** The last use that was granted, epoch milliseconds of the store's clock; 0 for none. */
  get grantedAt(): number {
    return this.lastGrantedAt;
  }

  /** Where the last client with which the session was accepted came from; `null` for none. */
  get address(): string | null {
    return this.clientAddress;
  }

  /** Whether this is the client with which the session was last accepted. */
  isBy(client: Client): boolean {
    return (
      this.clientAddress === client.address &&
      (client.userAgent === null || this.clientUserAgent === client.userAgent)
    );
  }

  /** A request that is a use of the session has been granted. */
  grant(at: number): void {
    // One that a guard reports may be older than the last.
    if (at > this.lastGrantedAt) this.lastGrantedAt = at;
  }

  /** @returns whether a token of a later generation than all before was used */
  seesGeneration(generation: number): boolean {
    if (generation <= this.seenGeneration) return false;
    this.seenGeneration = generation;
    return true;
  }

  /** The session is accepted with this client, which is therefore not judged again. */
  accept(client: Client): void {
    if (this.isBy(client)) return;
    this.clientAddress = client.address;
    this.clientUserAgent = client.userAgent === null ? null : sharedText(client.userAgent);
  }

  /**
   * Notes a use, to be written later.
   *
   * @param at monotonic: what is written is an age, so that only the database's clock counts
   * @param address `null` if it is not known
   * @returns whether it has to be queued; `false` when an earlier use still waits in the queue
   */
  note(at: number, address: string | null, isUse = true): boolean {
    const isLast = isAfter(at, this.usedAt) && isAfter(at, this.pollNotedAt);
    if (!isUse) this.pollNotedAt = at;
    else if (isAfter(at, this.usedAt)) this.usedAt = at;
    if (isLast && this.usedFrom !== address) this.setAddress(address);
    return !this.isQueued;
  }

  queued(): void {
    this.isQueued = true;
  }

  /** Takes the last use out of the queue. */
  dequeued(): void {
    this.isQueued = false;
  }

  /**
   * The ages of the last use and poll, and the address as the later request had it, which may be malformed; `null` if it
   * is not known.
   */
  toWrite(now: number): { ageMs: number | null; pollAgeMs: number | null; address: string | null } {
    const address = this.usedFrom === '' ? null : this.usedFrom;
    return { ageMs: age(this.usedAt, now), pollAgeMs: age(this.pollNotedAt, now), address };
  }

  /** What waits to be written keeps its address. One that was written belongs to an earlier use. */
  private setAddress(address: string | null): void {
    if (address !== null) this.usedFrom = address;
    else if (!this.isQueued) this.usedFrom = '';
  }
}

/** 0 stands for no instant. One before the start of this process is negative. */
function isAfter(at: number, other: number): boolean {
  return other === 0 || at >= other;
}

/** `null` if there was none. */
function age(at: number, now: number): number | null {
  return at === 0 ? null : now - at;
}

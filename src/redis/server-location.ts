import type { HostAndPort } from '../config/redis-servers.js';

/** The server that serves the instances, according to those that decide it. */
export interface ServerLocation extends HostAndPort {
  /** Changes whenever another server takes over: a server that comes back has another term. */
  readonly term: string;
}

/**
 * Knows which server serves the instances. Two questions, of any two instances, are never answered with the same term
 * after a later one had been named: each answer is that of a majority of the same voters, any two majorities share a voter,
 * and no voter goes back.
 */
export interface ServerLocator {
  /**
   * Asks now: never returns what was known before the call.
   *
   * @throws {RedisMisconfigured} when a voter refuses to answer; other errors when no majority agrees now
   */
  locate(): Promise<ServerLocation>;
  close(): void;
}

export function isSameLocation(one: ServerLocation, other: ServerLocation): boolean {
  return one.host === other.host && one.port === other.port && one.term === other.term;
}

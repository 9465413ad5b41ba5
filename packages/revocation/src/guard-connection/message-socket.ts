/** One end of a WebSocket. Messages arrive in the order in which they were sent, or the connection closes. */
export interface MessageSocket {
  /** Does nothing once the connection is closed. */
  send(text: string): void;
  /** Bytes that were given to `send` and have not reached the network yet. */
  readonly unsentBytes: number;
  close(code: number, reason: string): void;
}

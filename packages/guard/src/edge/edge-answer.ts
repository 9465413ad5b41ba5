/** What the edge answers to a gateway, in whichever protocol the gateway asked. */
export interface EdgeAnswer {
  readonly status: number;
  /** Lower-case names. A grant has every identity header, empty when there is nothing to say. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

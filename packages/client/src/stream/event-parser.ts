export interface ServerEvent {
  readonly type: string;
  readonly data: string;
}

/** Splits a stream of server-sent events (WHATWG HTML §9.2), as far as the service uses them. */
export class EventParser {
  #text = '';

  /** @returns the events that this part completes */
  add(part: string): ServerEvent[] {
    const blocks = (this.#text + part).replaceAll('\r\n', '\n').split('\n\n');
    this.#text = blocks.pop() ?? '';
    return blocks.flatMap((block) => parseBlock(block) ?? []);
  }
}

function parseBlock(block: string): ServerEvent | null {
  const valuesOf = (field: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ''));
  const data = valuesOf('data').join('\n');
  return data === '' ? null : { type: valuesOf('event').at(-1) ?? 'message', data };
}

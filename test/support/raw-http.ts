import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything received, including what followed the first response. */
  readonly text: string;
  /** Whether the server closed the connection. */
  readonly closed: boolean;
}

/** Sends raw bytes that an HTTP client would not send, and waits until the server closes or is silent for `silenceMs`. */
export function sendRaw(port: number, bytes: string | Buffer, silenceMs = 300): Promise<RawAnswer> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const finish = (closed: boolean) => {
      socket.destroy();
      resolve(parse(text, closed));
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      socket.setTimeout(silenceMs);
    });
    socket.setTimeout(5_000, () => finish(false));
    // A reset while writing also counts as a close; keep what was read until then.
    socket.on('error', () => finish(true));
    socket.on('end', () => finish(true));
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}

function parse(text: string, closed: boolean): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...headerLines] = head.split('\r\n');
  const headers = Object.fromEntries(
    headerLines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n'), text, closed };
}

export interface GuardOptions {
  /** The `iss` of the tokens: the public URL of the service, exactly as configured there. */
  readonly issuer: string;
  /**
   * One or several base URLs where instances of the service are reached; the issuer if left out. The guard connects to one
   * of them, and to the next one when that connection is lost.
   */
  readonly service?: string | readonly string[];
  /** The client that is registered for this resource server, with the permission `guard`. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The `aud` that tokens must have: this resource server. One of several is enough. */
  readonly audience: string | readonly string[];
  /**
   * What to do without a lease when no instance can be reached: refuse with 503, or allow until the token expires, which
   * gives up the promise that a revoked session is refused at once. A session that is known to have ended is refused in
   * both cases. Default: `refuse`.
   */
  readonly whenUnreachable?: 'refuse' | 'allow';
  /**
   * What to do with open streams without a lease: close them, or keep them until their tokens expire, which gives up the
   * promise that they end with their session. Default: `close`, or `keep` if `whenUnreachable` is `allow`.
   */
  readonly streamsWithoutLease?: 'close' | 'keep';
  /** Certificates to trust for connections to the service instead of the system's, PEM. */
  readonly ca?: string | Buffer | (string | Buffer)[];
  /** Accept `http:` base URLs of other machines. The client's secret is then sent unencrypted. Default: `false`. */
  readonly allowInsecure?: boolean;
  /** How many verified tokens are remembered, about 2 KiB each. Default: 20,000. */
  readonly maxTokens?: number;
  /**
   * Called when something fails that no request reports: the service cannot be reached, or a function of the application
   * that closes a stream throws. By default it becomes a warning of the process, once a minute for the same message.
   */
  readonly onError?: (error: unknown) => void;
}

/** @throws {TypeError} for what is missing or has the wrong type, since many callers read it from the environment */
export function requireOptions(options: GuardOptions): void {
  for (const name of ['issuer', 'clientId', 'clientSecret'] as const) {
    if (!isText(options[name])) throw new TypeError(`${name}: a text is needed`);
  }
  const { audience, whenUnreachable = 'refuse', streamsWithoutLease = 'close' } = options;
  const audiences = typeof audience === 'string' ? [audience] : audience;
  if (!Array.isArray(audiences) || audiences.length === 0 || !audiences.every(isText)) {
    throw new TypeError('audience: a text, or a list of them, is needed');
  }
  requireOneOf('whenUnreachable', whenUnreachable, ['refuse', 'allow']);
  requireOneOf('streamsWithoutLease', streamsWithoutLease, ['close', 'keep']);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** A misspelt option must not choose the less secure behaviour, or the other one, without a word. */
function requireOneOf(name: string, value: string, accepted: readonly string[]): void {
  if (!accepted.includes(value)) throw new TypeError(`${name}: must be ${accepted.join(' or ')}`);
}

/** `allow` and `prefer` are not supported: they fall back to plain text. */
const SSL_MODES: Readonly<Record<string, string>> = {
  disable: 'disable',
  'no-verify': 'no-verify',
  // In libpq these verify less. A server that fails verify-full needs `sslrootcert`.
  require: 'verify-full',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
};
/** All of them lead to the primary, which the service needs. */
const SESSION_ATTRIBUTES = ['any', 'read-write', 'primary'];
/** Parameters of libpq that pg would ignore, although a connection without them is less safe or leads elsewhere. */
const UNSUPPORTED = [
  ...[
    'channel_binding',
    'gssencmode',
    'hostaddr',
    'load_balance_hosts',
    'passfile',
    'requirepeer',
    'service',
  ],
  ...['ssl_min_protocol_version', 'sslcrl', 'sslcrldir', 'sslpassword'],
];

/** A password may contain `@`: the last one counts. */
const PARTS =
  /^(?<scheme>postgres(?:ql)?:\/\/)(?:(?<login>[^/?#]*)@)?(?<servers>[^@/?#]*)(?<rest>\/[^#]*|\?[^#]*)?$/s;

/**
 * Splits a URL that names several servers, `postgres://user@first:5432,second:5432/database`, as libpq does.
 *
 * @returns a URL for each server, in which pg understands every parameter
 * @throws {TypeError} with a message that continues a sentence about the variable, without any part of the URL that may be
 *   secret
 */
export function postgresServerUrls(text: string): readonly [string, ...string[]] {
  const { scheme = '', login, servers, rest = '' } = PARTS.exec(text)?.groups ?? {};
  if (servers === undefined) {
    throw new TypeError(
      'must be a URL that starts with postgres:// or postgresql://, without # in it (write %23)',
    );
  }
  requireEscapedPercent(text);
  const query = supportedQuery(rest);
  const path = rest.replace(/\?.*$/s, '');
  const toUrl = (server: string) =>
    `${scheme}${login === undefined ? '' : `${login}@`}${server}${path}${query}`;
  const [first = '', ...others] = servers.split(',');
  const urls = [toUrl(first), ...others.map(toUrl)] as const;
  if (others.includes('') || (others.length > 0 && first === '') || !urls.every(isUrl)) {
    throw new TypeError(
      'has a part that is not host:port; in a user name or password, write special characters as %40 for @, %2F for /',
    );
  }
  return urls as readonly [string, ...string[]];
}

/** Clients decode user names and passwords. @throws {TypeError} */
export function requireEscapedPercent(url: string): void {
  if (/%(?![0-9a-f]{2})/i.test(url)) {
    throw new TypeError('has a % that is not followed by two hexadecimal digits: write %25');
  }
}

/** pg also accepts a user before an empty host, with a socket in `host`, which is not a valid URL. */
function isUrl(url: string): boolean {
  return URL.canParse(url.replace('@/', '@socket/').replace('@?', '@socket?'));
}

/** @throws {TypeError} */
function supportedQuery(rest: string): string {
  const parameters = new URLSearchParams(rest.replace(/^[^?]*/s, ''));
  for (const name of UNSUPPORTED) {
    if (parameters.has(name)) throw new TypeError(`has the parameter ${name}, which is not supported`);
  }
  const host = parameters.get('host') ?? '';
  if (host.includes(',')) {
    throw new TypeError(
      'names several servers in the parameter host: write first:5432,second:5432 before the path',
    );
  }
  const attributes = parameters.get('target_session_attrs');
  if (attributes !== null && !SESSION_ATTRIBUTES.includes(attributes)) {
    throw new TypeError(
      `has an unsupported target_session_attrs: the service needs a primary (${SESSION_ATTRIBUTES.join(', ')})`,
    );
  }
  parameters.delete('target_session_attrs');
  const mode = parameters.get('sslmode');
  if (mode !== null && parameters.get('uselibpqcompat') !== 'true') {
    const verified = SSL_MODES[mode];
    if (!verified) {
      throw new TypeError(`has an unsupported sslmode: use one of ${Object.keys(SSL_MODES).join(', ')}`);
    }
    parameters.set('sslmode', verified);
  }
  // Not the form encoding of `URLSearchParams`, in which a space is a plus sign.
  const pairs = [...parameters].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

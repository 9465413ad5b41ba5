/** What an operator configures, after reading and checking. */
export interface EdgeSettings {
  readonly issuer: string;
  readonly service: readonly string[];
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: readonly string[];
  readonly whenUnreachable: 'refuse' | 'allow';
  readonly allowInsecure: boolean;
  /** Certificates to trust for connections to the service, PEM. */
  readonly ca: string | undefined;

  readonly host: string;
  readonly port: number;
  /** A Unix socket instead of host and port. */
  readonly socket: string | undefined;
  /** Permissions of Unix sockets. */
  readonly socketMode: number;
  /** Envoy's ext_authz is offered if one of the two is set. */
  readonly grpcPort: number | undefined;
  readonly grpcSocket: string | undefined;

  readonly cookie: string | undefined;
  readonly origins: readonly string[];
  readonly signInUrl: string | undefined;
  readonly forwardedHops: number;

  /** Private keys in PEM format: the first signs, all are published. Empty: a new key for each start. */
  readonly assertionKeys: readonly string[];
  readonly assertionIssuer: string;
  readonly assertionAudience: string;
}

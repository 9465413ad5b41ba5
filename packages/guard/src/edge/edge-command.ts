import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { EdgeSettings } from './edge-settings.js';
import {
  listOf,
  readCookieName,
  readHops,
  readMode,
  readOrigin,
  readPort,
  readText,
  readUrl,
} from './option-readers.js';

const SECRET_VARIABLE = 'LATCHKEY_CLIENT_SECRET';

/** The options as commander has read them. */
interface ParsedOptions
  extends Omit<
    EdgeSettings,
    'service' | 'clientSecret' | 'ca' | 'assertionKeys' | 'assertionAudience' | 'origins'
  > {
  readonly service?: string[];
  readonly clientSecretFile?: string;
  readonly caFile?: string;
  readonly origin?: string[];
  readonly assertionKeyFile?: string[];
  readonly assertionAudience?: string;
}

/** The command line of `latchkey-edge`. Each option can be an environment variable as well. */
export function edgeCommand(start: (settings: EdgeSettings) => Promise<void>): Command {
  const command = new Command('latchkey-edge')
    .description(
      'Answers for a gateway whether a request has a valid access token of an active session.\n' +
        'The gateway asks GET /check for each request and copies the Latchkey-* headers of the answer.',
    )
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('latchkey-edge --help lists all options.')
    .configureHelp({ sortOptions: false });
  for (const option of [
    ...serviceOptions(),
    ...listenOptions(),
    ...requestOptions(),
    ...assertionOptions(),
  ]) {
    command.addOption(option);
  }
  return command
    .addHelpText('after', HELP_AFTER)
    .action(async (options: ParsedOptions) => start(settingsOf(options, command)));
}

const HELP_AFTER = `
The secret of the client is read from ${SECRET_VARIABLE} or a file, never from an option: other users of
the machine can read those. Options that may be repeated also take a list separated by commas.
`;

const option = (flags: string, variable: string, description: string) =>
  new Option(flags, description).env(`LATCHKEY_${variable}`);

function serviceOptions(): Option[] {
  return [
    option('--issuer <url>', 'ISSUER', 'the issuer of the tokens: the public URL of the service')
      .argParser(readUrl)
      .makeOptionMandatory(),
    option('--service <url>', 'SERVICE', 'where to reach an instance, if not at the issuer; may be repeated') //
      .argParser(listOf(readUrl)),
    option('--client-id <id>', 'CLIENT_ID', 'the client that is registered for this edge')
      .argParser(readText)
      .makeOptionMandatory(),
    option('--client-secret-file <path>', 'CLIENT_SECRET_FILE', 'the file that has its secret'),
    option(
      '--audience <aud>',
      'AUDIENCE',
      'the audience that tokens must have; may be repeated: one is enough',
    )
      .argParser(listOf(readText))
      .makeOptionMandatory(),
    option(
      '--when-unreachable <what>',
      'EDGE_WHEN_UNREACHABLE',
      'what to do with requests when the lease has ended and no instance can be reached',
    )
      .choices(['refuse', 'allow'])
      .default('refuse'),
    option('--ca-file <path>', 'CA_FILE', 'certificates to trust for the service, PEM'),
    // Not by the environment, where commander takes any text for true, also `false`.
    new Option('--allow-insecure', 'send the secret over http to other machines').default(false),
  ];
}

function listenOptions(): Option[] {
  return [
    option('--host <address>', 'EDGE_HOST', 'the address to listen on')
      .argParser(readText)
      .default('127.0.0.1'),
    option('--port <port>', 'EDGE_PORT', 'the port to listen on').argParser(readPort).default(4280),
    option('--socket <path>', 'EDGE_SOCKET', 'a Unix socket to listen on instead').argParser(readText),
    option('--socket-mode <mode>', 'EDGE_SOCKET_MODE', 'permissions of the sockets')
      .argParser(readMode)
      .default(0o660, '660'),
    option('--grpc-port <port>', 'EDGE_GRPC_PORT', "a port for Envoy's ext_authz").argParser(readPort),
    option('--grpc-socket <path>', 'EDGE_GRPC_SOCKET', "a Unix socket for Envoy's ext_authz").argParser(
      readText,
    ),
  ];
}

function requestOptions(): Option[] {
  return [
    option('--cookie <name>', 'EDGE_COOKIE', 'also accept the access token in this cookie').argParser(
      readCookieName,
    ),
    option(
      '--origin <origin>',
      'EDGE_ORIGIN',
      'an origin that the gateway serves; may be repeated',
    ).argParser(listOf(readOrigin)),
    option('--sign-in-url <url>', 'EDGE_SIGN_IN_URL', 'where to send people who open a page').argParser(
      readUrl,
    ),
    option('--forwarded-hops <count>', 'EDGE_FORWARDED_HOPS', 'how many proxies add to X-Forwarded-For')
      .argParser(readHops)
      .default(1),
  ];
}

function assertionOptions(): Option[] {
  return [
    option(
      '--assertion-key-file <path>',
      'EDGE_ASSERTION_KEY_FILE',
      'a private key in PEM format; may be repeated',
    ).argParser(listOf(readText)),
    option('--assertion-issuer <iss>', 'EDGE_ASSERTION_ISSUER', 'the issuer of assertions')
      .argParser(readText)
      .default('latchkey-edge'),
    option(
      '--assertion-audience <aud>',
      'EDGE_ASSERTION_AUDIENCE',
      'their audience, if not the first --audience',
    ) //
      .argParser(readText),
  ];
}

function settingsOf(options: ParsedOptions, command: Command): EdgeSettings {
  const { service, clientSecretFile, caFile, origin, assertionKeyFile, assertionAudience, ...same } = options;
  const fail = (message: string) => command.error(`error: ${message}`);
  try {
    return {
      ...same,
      service: service ?? [options.issuer],
      clientSecret: clientSecret(clientSecretFile),
      ca: caFile === undefined ? undefined : textOf(caFile),
      origins: origin ?? [],
      assertionKeys: (assertionKeyFile ?? []).map((path) => textOf(path)),
      assertionAudience: assertionAudience ?? (options.audience[0] as string),
    };
  } catch (error) {
    if (error instanceof InvalidArgumentError) return fail(error.message);
    throw error;
  }
}

function clientSecret(file: string | undefined): string {
  const secret = file === undefined ? process.env[SECRET_VARIABLE] : textOf(file).trim();
  if (secret) return secret;
  throw new InvalidArgumentError(
    file === undefined
      ? `set ${SECRET_VARIABLE}, or --client-secret-file to a file that has the secret`
      : `${file} is empty`,
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

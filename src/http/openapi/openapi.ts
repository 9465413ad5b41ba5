import { readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ERROR_CODES } from '../../errors/error-codes.js';
import { cookieNames } from '../cookies/cookie-names.js';
import { PROBLEM_MEDIA_TYPE } from '../server/problem.js';
import { inlineNullableReferences } from './nullable-references.js';
import { projectFile } from './project-file.js';
import { documentAnyMethodOnce } from './routes-for-any-method.js';
import { removeUnusedSchemas } from './unused-schemas.js';

const PROBLEM_SCHEMA = {
  type: 'object',
  description:
    'Problem details (RFC 9457). Programs should use `code`; `title` and `detail` are for people and can change.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', example: '/docs/errors#not_found' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES).sort() },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      description: 'For `validation_failed`: the fields and what is wrong with them.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  additionalProperties: true,
} as const;

/** In the order of `/docs`: what a new developer calls first. */
const TAGS = {
  auth: 'Register, log in, renew tokens and log out. Start here.',
  devices: 'The devices that the user is signed in on.',
  sessions: 'The sessions of the user, active and ended.',
  account: 'Email confirmation, passwords, and a live stream of changes.',
  'security events': 'What happened to the account.',
  keys: 'Public keys, for services that verify access tokens themselves.',
  health: 'The state of this instance.',
} as const;

const DESCRIPTION = `JWTs you can take back: signed access tokens, each backed by a session that can be revoked instantly.

To try it here, call \`POST /auth/register\` and \`POST /auth/login\`, press **Authorize**, and paste the \`access_token\` of
the answer under *bearer*.`;

/** Operation ids contain the earlier class name of these controllers, because generated clients depend on them. */
const PUBLISHED_NAMES: Readonly<Record<string, string>> = {
  AccountController: 'AccountsController',
  LiveController: 'AccountController',
};

/** Generates the OpenAPI document from controllers and DTOs. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Latchkey')
    .setDescription(DESCRIPTION)
    .setVersion(packageVersion())
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    // Relative to where the document is.
    .addServer('/')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token (RFC 9068), verified as RFC8725 recommends.',
    })
    .addCookieAuth(cookieNames(true).access, {
      type: 'apiKey',
      in: 'cookie',
      description: 'Set for browsers that log in with `"token_delivery": "cookie"`.',
    });
  for (const [name, description] of Object.entries(TAGS)) options.addTag(name, description);
  const document = SwaggerModule.createDocument(app, options.build(), {
    operationIdFactory: (controller, method) => `${PUBLISHED_NAMES[controller] ?? controller}_${method}`,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA as never },
  };
  inlineNullableReferences(document);
  documentAnyMethodOnce(document);
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    if (!isOperation(operation)) continue;
    // Every operation that accepts a bearer token also accepts the cookie.
    operation.security = operation.security ? [...operation.security, { cookie: [] }] : [];
    for (const [status, description] of problemsOf(operation))
      operation.responses[status] ??= problem(description);
  }
  removeUnusedSchemas(document);
  return document;
}

/**
 * Serves Swagger UI at `/docs` and the document at `/docs/openapi.json`, both without authentication.
 *
 * @param keepsToken whether the page keeps the access token that a developer entered, in storage that scripts of this
 *   origin can read: not in production
 */
export function serveOpenApi(app: INestApplication, keepsToken: boolean): void {
  // Generated on the first visit, to keep the startup fast.
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Latchkey',
    swaggerOptions: { persistAuthorization: keepsToken, displayRequestDuration: true },
  });
}

interface Operation {
  readonly responses: Record<string, unknown>;
  security?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly parameters?: readonly { readonly in: string }[];
}

/** The errors that all operations of a kind have in common. `default` stands for all others. */
function* problemsOf({ security, requestBody, parameters = [] }: Operation): Generator<[string, string]> {
  if (requestBody || parameters.length > 0) yield ['400', 'The request is invalid.'];
  if (security?.length)
    yield ['401', 'The token is missing, invalid or out of date, or its session has ended.'];
  if (parameters.some((parameter) => parameter.in === 'path'))
    yield ['404', 'The id is unknown or belongs to another user.'];
  yield ['default', 'Any other error.'];
}

const problem = (description: string) => ({
  description,
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

function isOperation(value: unknown): value is Operation {
  return value !== null && typeof value === 'object' && 'responses' in value;
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string }).version;
}

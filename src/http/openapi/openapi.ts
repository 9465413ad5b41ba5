import { readFileSync } from 'node:fs';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ERROR_CODES } from '../../errors/error-codes.js';
import { cookieNames } from '../cookies/cookie-names.js';
import { PROBLEM_MEDIA_TYPE } from '../server/problem.js';
import { projectFile } from './project-file.js';

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'Problem details (RFC 9457). Clients decide by `code`; `title` and `detail` are for people.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference', example: '/docs/errors#not_found' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES).sort() },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      description: 'With `validation_failed`: what is wrong with which field.',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  additionalProperties: true,
} as const;

/** Controllers whose operation ids were published under an earlier class name; generated clients depend on them. */
const PUBLISHED_NAMES: Readonly<Record<string, string>> = {
  AccountController: 'AccountsController',
  LiveController: 'AccountController',
};

/** The service's own description, from its controllers and DTOs. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const options = new DocumentBuilder()
    .setTitle('Latchkey')
    .setDescription(
      'JWTs you can take back: signed access tokens, and a session behind each that can be ended now.',
    )
    .setVersion(packageVersion())
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addCookieAuth(cookieNames(true).access, {
      type: 'apiKey',
      in: 'cookie',
      description: 'Of a browser that logged in with `"token_delivery": "cookie"`.',
    })
    .build();
  const document = SwaggerModule.createDocument(app, options, {
    operationIdFactory: (controller, method) => `${PUBLISHED_NAMES[controller] ?? controller}_${method}`,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA as never },
  };
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    if (!isOperation(operation)) continue;
    // Whatever takes a token takes it from the cookie as well.
    if (operation.security) operation.security = [...operation.security, { cookie: [] }];
    for (const [status, description] of problemsOf(operation))
      operation.responses[status] ??= problem(description);
  }
  return document;
}

/** Swagger UI at `/docs`, the document itself at `/docs/openapi.json`; both open to everybody. */
export function serveOpenApi(app: INestApplication): void {
  // Built at the first visit: scanning takes time that a start does not have.
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Latchkey',
  });
}

interface Operation {
  readonly responses: Record<string, unknown>;
  security?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly parameters?: readonly { readonly in: string }[];
}

/** What any route of its kind may answer; `default` stands for the rest, which no client has to tell apart. */
function* problemsOf({ security, requestBody, parameters = [] }: Operation): Generator<[string, string]> {
  if (requestBody || parameters.length > 0) yield ['400', 'The request is not valid'];
  if (security) yield ['401', 'The token is missing, not valid, stale, or its session has ended'];
  if (parameters.some((parameter) => parameter.in === 'path')) yield ['404', 'Unknown, or of somebody else'];
  yield ['default', 'Problem details'];
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

import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';

interface DocumentedContent {
  readonly content?: Record<string, { readonly schema?: object }>;
}

interface Operation {
  readonly requestBody?: DocumentedContent;
  readonly responses: Record<string, DocumentedContent>;
}

type Operations = Record<string, Operation>;

interface ApiDocument {
  readonly paths: Record<string, Operations>;
  readonly components: object;
}

export interface ReceivedAnswer {
  /** The body of the request, if it had one. */
  readonly sent?: string | undefined;
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

const documented: ApiDocument = JSON.parse(
  readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'),
);

// Strict about schemas, except that the document has keywords of OpenAPI, such as `example`.
const ajv = new Ajv({ strictSchema: false, allErrors: true, discriminator: true });
formats.default(ajv);
ajv.addSchema({ $id: 'api', components: documented.components });

const templates = Object.keys(documented.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));
const compiled = new Map<string, ValidateFunction>();

/** What the tests of this file have received: `GET /devices 200`. */
export const seenAnswers = new Set<string>();

/** Every answer that the document promises, except `default`: `GET /devices 200`. */
export function documentedAnswers(): string[] {
  return Object.entries(documented.paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      Object.keys(responses)
        .filter((status) => status !== 'default')
        .map((status) => `${method.toUpperCase()} ${path} ${status}`),
    ),
  );
}

/**
 * Compares an answer with `openapi.json`, and the body of the request too if the service has accepted it. Paths and methods
 * that the document does not name are not checked.
 *
 * @throws {Error} if the status, the content type or one of the bodies is not as documented
 */
export function requireDocumented(method: string, url: string, answer: ReceivedAnswer): void {
  const path = url.split('?', 1)[0] ?? '';
  const template =
    templates.find(({ path: exact }) => exact === path) ?? templates.find((it) => it.pattern.test(path));
  const operation = template && documented.paths[template.path]?.[method.toLowerCase()];
  if (!template || !operation) return;
  const { responses } = operation;
  const { status, sent } = answer;
  const call = `${method} ${template.path} ${status}`;
  seenAnswers.add(call);
  // `default` describes errors.
  const response = responses[status] ?? (status >= 400 ? responses.default : undefined);
  if (!response) throw new Error(`${call} is not documented`);
  requireContent(call, response, answer);
  // The service ignores a body where it needs none.
  if (status >= 300 || sent === undefined || !operation.requestBody) return;
  const request = { contentType: 'application/json', text: sent };
  requireContent(`request ${call}`, operation.requestBody, request);
}

function requireContent(
  call: string,
  { content = {} }: DocumentedContent,
  answer: Pick<ReceivedAnswer, 'contentType' | 'text'>,
): void {
  const { contentType, text } = answer;
  if (Object.keys(content).length === 0) {
    if (text !== '') throw new Error(`${call} has a body that is not documented: ${text}`);
    return;
  }
  const mediaType = contentType?.split(';', 1)[0] ?? '';
  const schema = content[mediaType]?.schema;
  if (!schema) throw new Error(`${call} has the content type "${contentType}", which is not documented`);
  if (!mediaType.endsWith('json')) return;
  const validate = compiled.get(call + mediaType) ?? ajv.compile(absolute(schema));
  compiled.set(call + mediaType, validate);
  if (validate(JSON.parse(text))) return;
  throw new Error(`${call} is not as documented: ${ajv.errorsText(validate.errors)}\n${text}`);
}

/** References of the document, which are relative to it, as references of the validator. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
}

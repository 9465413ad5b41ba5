import { readFileSync } from 'node:fs';
import { openApiDocument } from '../../../src/http/openapi/openapi.js';
import { type RunningApp, startApp } from '../../support/app.js';

interface Operation {
  readonly summary?: string;
  readonly tags: string[];
  readonly requestBody?: {
    content: Record<string, { examples?: Record<string, { value: Record<string, string> }> }>;
  };
  readonly security?: unknown[];
  readonly responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

describe('the OpenAPI document', () => {
  let running: RunningApp;
  let described: {
    tags: { name: string; description: string }[];
    paths: Record<string, Record<string, Operation>>;
    components: {
      schemas: Record<string, { properties?: Record<string, { example?: unknown; enum?: unknown[] }> }>;
    };
  };

  beforeAll(async () => {
    running = await startApp();
    described = JSON.parse(JSON.stringify(openApiDocument(running.app)));
  });
  afterAll(() => running.close());

  const operations = () =>
    Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        call: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );

  it('matches the checked-in file (npm run openapi writes it)', () => {
    const file = readFileSync(new URL('../../../openapi.json', import.meta.url), 'utf8');
    expect(file).toBe(`${JSON.stringify(described, null, 2)}\n`);
  });

  it('lists every operation of the service, and no others', () => {
    expect(
      operations()
        .map(({ call }) => call)
        .sort(),
    ).toEqual(
      [
        'POST /auth/register',
        'POST /auth/login',
        'POST /auth/refresh',
        'POST /auth/logout',
        'GET /auth/me',
        'PATCH /auth/me',
        'GET /auth/check',
        'GET /account/events',
        'POST /auth/email/confirm',
        'POST /auth/email/reject',
        'POST /auth/email/resend',
        'POST /auth/password/forgot',
        'POST /auth/password/reset',
        'POST /auth/password/reset/account',
        'POST /auth/password/change',
        'POST /auth/disown',
        'GET /devices',
        'PATCH /devices/{id}',
        'DELETE /devices/{id}',
        'DELETE /devices',
        'POST /devices/terminate',
        'GET /sessions',
        'GET /security-events',
        'GET /security-events/unanswered',
        'POST /security-events/{id}/confirm',
        'POST /security-events/{id}/reject',
        'DELETE /sessions/{id}',
        'GET /.well-known/jwks.json',
        'GET /health/live',
        'GET /health/ready',
      ].sort(),
    );
  });

  it('begins with logins, and describes every group of operations', () => {
    const tags = described.tags.map(({ name }) => name);
    expect(tags[0]).toBe('auth');
    expect(tags).toEqual(expect.arrayContaining(operations().flatMap(({ operation }) => operation.tags)));
    for (const { description } of described.tags) expect(description).toMatch(/\w\.$/);
  });

  it('shows bodies that can be sent as they are', async () => {
    const { examples } = described.paths['/auth/login']!.post!.requestBody!.content['application/json']!;
    const { email, password } = examples!.program!.value;
    await running.api.register(email!, password);
    const headers = { origin: running.url };
    for (const { value } of Object.values(examples!)) {
      expect((await running.api.call('POST', '/auth/login', { body: value, headers })).status).toBe(200);
    }
  });

  it('has an example of every text that a body contains', () => {
    const bodies = Object.entries(described.components.schemas).filter(([name]) => name.endsWith('Dto'));
    const sent = operations().map(({ operation }) => JSON.stringify(operation.requestBody ?? ''));
    for (const [name, { properties = {} }] of bodies) {
      if (!sent.some((body) => body.includes(`/${name}"`))) continue;
      for (const [property, { example, enum: values }] of Object.entries(properties)) {
        expect({ name, property, example: [example ?? values?.[0]].flat()[0] }).toEqual({
          name,
          property,
          example: expect.stringMatching(/./),
        });
      }
    }
  });

  it('describes what each operation does and which problems it returns', () => {
    for (const { call, operation } of operations()) {
      const problems = Object.entries(operation.responses)
        .filter(([, response]) => response.content?.['application/problem+json'])
        .map(([status]) => status);
      expect({ call, summary: operation.summary }).toEqual({ call, summary: expect.stringMatching(/\w/) });
      expect(problems).toContain('default');
      if (operation.security?.length)
        expect({ call, problems }).toEqual({ call, problems: expect.arrayContaining(['401']) });
      if (call.includes('{id}')) {
        expect({ call, problems }).toEqual({ call, problems: expect.arrayContaining(['400', '404']) });
      }
    }
  });

  it('marks exactly the operations that answer 401 without a token', async () => {
    for (const { call, operation } of operations()) {
      const [method = '', path = ''] = call
        .replace('{id}', '018f0000-0000-7000-8000-000000000000')
        .split(' ');
      const { status } = await running.api.call(method, path);
      expect({ call, closed: status === 401 }).toEqual({ call, closed: operation.security?.length !== 0 });
    }
  });
});

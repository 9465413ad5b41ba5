import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HouseRules, violations } from './support/house-rules.js';
import { sourceImports } from './support/source-imports.js';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const RULES: HouseRules = {
  arrows: {
    config: [],
    errors: [],
    http: ['config', 'errors'],
    revocation: [],
    database: ['config', 'errors', '../migrations'],
    cache: ['config', 'errors'],
    changes: ['cache', 'errors'],
    metrics: ['config'],
    keys: ['database', 'config', 'errors'],
    'security-events': ['place', 'database', 'config', 'errors', 'http'],
    place: ['config', 'errors'],
    'user-agents': [],
    signals: ['place', 'user-agents', 'config'],
    sessions: [
      'changes',
      'signals',
      'place',
      'user-agents',
      'security-events',
      'revocation',
      'database',
      'cache',
      'config',
      'errors',
      'http',
    ],
    users: ['sessions', 'database', 'cache', 'config', 'errors', 'http'],
    devices: ['sessions', 'place', 'user-agents', 'database', 'config', 'errors', 'http'],
    mail: ['database', 'config', 'errors'],
    auth: [
      'mail',
      'signals',
      'place',
      'user-agents',
      'security-events',
      'sessions',
      'users',
      'devices',
      'keys',
      'database',
      'cache',
      'config',
      'errors',
      'http',
    ],
    accounts: [
      'auth',
      'mail',
      'security-events',
      'sessions',
      'users',
      'devices',
      'revocation',
      'cache',
      'database',
      'config',
      'errors',
      'http',
    ],
    account: ['changes', 'sessions', 'errors', 'http'],
    page: ['errors', 'http'],
    health: ['sessions', 'database', 'cache', 'config', 'errors', 'http'],
    cli: 'anything',
  },
  closedTo: {
    // Resource servers run the same code without the service around it.
    revocation: /^(@nestjs\/|typeorm|fastify|pg$|redis|@redis\/)/,
  },
  onlyIn: {
    cache: /^(cache-manager|redis$|@redis\/|ioredis$)/,
  },
};

/** Nest's errors that are an HTTP answer, and what catches errors: for `errors`, `http` and the root only. */
const HTTP_ERROR =
  /\b(HttpException|ExceptionFilter|(BadRequest|Unauthorized|Forbidden|NotFound|MethodNotAllowed|NotAcceptable|RequestTimeout|Conflict|Gone|PayloadTooLarge|UnsupportedMediaType|UnprocessableEntity|InternalServerError|NotImplemented|BadGateway|ServiceUnavailable|GatewayTimeout|PreconditionFailed|ImATeapot|Misdirected|HttpVersionNotSupported)Exception)\b/;

describe('the source', () => {
  const imports = sourceImports(SRC);
  const text = (file: string) => readFileSync(join(SRC, file), 'utf8');
  const files = [...imports.keys()];

  it('has imports that point down only, without a cycle, a barrel or a drawer', () => {
    expect(files).toContain('config/config.ts');
    expect(violations(imports, RULES)).toEqual([]);
  });

  it('turns errors into HTTP at the border only', () => {
    const speakers = files
      .filter((file) => file.includes('/') && !/^(errors|http)\//.test(file))
      .filter((file) => HTTP_ERROR.test(text(file)));
    expect(speakers).toEqual([]);
  });

  it('needs no forwardRef', () => {
    expect(files.filter((file) => /\bforwardRef\b/.test(text(file)))).toEqual([]);
  });
});

describe('the check of the source', () => {
  const found = (imports: Record<string, string[]>) => violations(new Map(Object.entries(imports)), RULES);

  it.each([
    [{ 'sessions/a.ts': ['../auth/b.js'], 'auth/b.ts': [] }, /sessions\/a\.ts must not import auth\/b\.ts/],
    [{ 'revocation/a.ts': ['@nestjs/common'] }, /must not import the package @nestjs\/common/],
    [{ 'auth/a.ts': ['cache-manager'] }, /must not import the package cache-manager/],
    [
      { 'auth/deep/er/a.ts': ['./b.js'], 'auth/deep/er/b.ts': ['./a.js'] },
      /cycle of files: auth\/deep\/er\/a/,
    ],
    [
      {
        'users/a.ts': ['../sessions/b.js'],
        'sessions/b.ts': [],
        'sessions/c.ts': ['../users/d.js'],
        'users/d.ts': [],
      },
      /cycle of folders: users -> sessions -> users/,
    ],
    [{ 'auth/deep/a.ts': ['../../../test/b.js'] }, /must not import \.\.\/test\/b\.ts/],
    [{ 'auth/index.ts': [] }, /barrel/],
    [{ 'auth/utils/a.ts': [] }, /"utils" does not say/],
    [{ 'somewhere/a.ts': [] }, /somewhere has no rule/],
    [{ 'sessions/a.ts': ['../app.module.js'], 'app.module.ts': [] }, /must not import app\.module\.ts/],
  ])('finds %j', (imports, sentence) => {
    expect(found(imports as Record<string, string[]>).join('\n')).toMatch(sentence);
  });

  it('finds nothing in a house in order', () => {
    expect(
      found({ 'main.ts': ['./auth/a.js'], 'auth/a.ts': ['../sessions/b.js', 'rxjs'], 'sessions/b.ts': [] }),
    ).toEqual([]);
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');
const RULES = join(ROOT, '.dependency-cruiser.mjs');

interface Cruise {
  readonly totalCruised: number;
  readonly violations: readonly {
    readonly from: string;
    readonly to: string;
    readonly rule: { name: string };
  }[];
}

/** Applies the rules to the source below `directory`. */
function cruise(directory: string, rules = RULES): Cruise {
  const { stdout, stderr } = spawnSync(
    join(ROOT, 'node_modules/.bin/depcruise'),
    ['--config', rules, '--output-type', 'json', 'src', 'packages', 'migrations'],
    { cwd: directory, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout).summary;
}

const sentences = ({ violations }: Cruise) =>
  violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();

/** Nest's errors that are HTTP responses, and what catches errors. */
const HTTP_ERROR =
  /\b(HttpException|ExceptionFilter|(BadRequest|Unauthorized|Forbidden|NotFound|MethodNotAllowed|NotAcceptable|RequestTimeout|Conflict|Gone|PayloadTooLarge|UnsupportedMediaType|UnprocessableEntity|InternalServerError|NotImplemented|BadGateway|ServiceUnavailable|GatewayTimeout|PreconditionFailed|ImATeapot|Misdirected|HttpVersionNotSupported)Exception)\b/;

describe('the source', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );
  const matching = (pattern: RegExp) =>
    files.filter((file) => pattern.test(readFileSync(join(SRC, file), 'utf8')));

  it('follows the rules of .dependency-cruiser.mjs', () => {
    const result = cruise(ROOT);
    expect(result.totalCruised).toBeGreaterThan(files.length);
    expect(sentences(result)).toEqual([]);
  });

  it('turns errors into HTTP responses in src/http only', () => {
    expect(matching(HTTP_ERROR).filter((file) => file.includes('/') && !/^http\//.test(file))).toEqual([]);
  });

  it('uses no forwardRef', () => {
    expect(matching(/\bforwardRef\b/)).toEqual([]);
  });
});

describe('the rules', () => {
  const FILES: Record<string, readonly string[]> = {
    'src/policy/leaf.ts': [],
    'test/leaf.ts': [],

    'src/main.ts': ['../test/leaf.js', './users/allowed.js'],
    'src/users/allowed.ts': ['../credentials/allowed.js', 'rxjs'],
    'src/credentials/allowed.ts': ['@latchkey/unknown'],
    'src/redis/allowed.ts': ['@redis/client'],
    'packages/revocation/src/redis/allowed.ts': ['@redis/client'],
    'migrations/1-A.ts': [],
    'src/database/allowed.ts': ['../../migrations/1-A.js'],

    'src/sessions/upward.ts': ['../users/allowed.js'],
    'src/sessions/to-root.ts': ['../main.js'],
    'src/auth/deep/to-tests.ts': ['../../../test/leaf.js'],
    'src/geoip/sideways.ts': ['../policy/leaf.js'],
    'src/unlisted/file.ts': ['../policy/leaf.js'],
    'src/auth/deep/cycle-a.ts': ['./cycle-b.js'],
    'src/auth/deep/cycle-b.ts': ['./cycle-a.js'],
    'src/auth/index.ts': [],
    'src/auth/uses-barrel.ts': ['./index.js'],
    'src/auth/utils/file.ts': [],
    'src/auth/uses-drawer.ts': ['./utils/file.js'],
    'src/auth/cache.ts': ['cache-manager'],
    'packages/access-token/src/service.ts': ['../../../src/policy/leaf.js'],
    'packages/access-token/src/nest.ts': ['@nestjs/common'],
    'packages/revocation/src/redis-client.ts': ['redis'],
    'packages/guard/src/nest.ts': ['@nestjs/common'],
    'packages/guard/src/fastify.ts': ['@nestjs/common'],
    'packages/guard/src/express.ts': ['./nest.js'],
  };
  const STATEMENTS: Record<string, string> = {
    'packages/guard/src/nest/lazy.ts': "export const load = () => import('@nestjs/websockets');",
    'packages/guard/src/nest/eager.ts': "export { WsException } from '@nestjs/websockets';",
  };
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'latchkey-architecture-'));
    for (const [file, imports] of Object.entries(FILES)) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      // A type is an import too.
      const lines = imports.map((name, i) => `import type { A as A${i} } from '${name}';\n`);
      writeFileSync(join(directory, file), `${lines.join('')}export type A = string;\n`);
    }
    mkdirSync(join(directory, 'packages/guard/src/nest'), { recursive: true });
    for (const [file, statement] of Object.entries(STATEMENTS))
      writeFileSync(join(directory, file), statement);
    writeFileSync(join(directory, 'tsconfig.json'), '{ "compilerOptions": { "module": "nodenext" } }');
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('find every kind of violation, and nothing else', () => {
    expect(sentences(cruise(directory))).toEqual(
      [
        'imports-of-sessions: src/sessions/upward.ts -> src/users/allowed.ts',
        'imports-of-sessions: src/sessions/to-root.ts -> src/main.ts',
        'imports-of-auth: src/auth/deep/to-tests.ts -> test/leaf.ts',
        'imports-of-geoip: src/geoip/sideways.ts -> src/policy/leaf.ts',
        'folder-without-a-layer: src/unlisted/file.ts -> src/policy/leaf.ts',
        'nothing-below-the-tests: src/main.ts -> test/leaf.ts',
        'no-cycle: src/auth/deep/cycle-a.ts -> src/auth/deep/cycle-b.ts',
        'no-barrel: src/auth/uses-barrel.ts -> src/auth/index.ts',
        'no-drawer: src/auth/uses-drawer.ts -> src/auth/utils/file.ts',
        'redis-clients-only-in-redis: src/auth/cache.ts -> cache-manager',
        'redis-clients-only-in-redis: packages/revocation/src/redis-client.ts -> redis',
        'packages-do-not-import-the-service: packages/access-token/src/service.ts -> src/policy/leaf.ts',
        'packages-are-free-of-frameworks: packages/access-token/src/nest.ts -> @nestjs/common',
        'nest-only-in-the-nest-adapter: packages/guard/src/fastify.ts -> @nestjs/common',
        'nest-adapter-only-by-its-entry: packages/guard/src/express.ts -> packages/guard/src/nest.ts',
        'optional-parts-of-nest-only-when-used: packages/guard/src/nest/eager.ts -> @nestjs/websockets',
      ].sort(),
    );
  });

  it('cannot list a folder that is not below', () => {
    const rules = join(directory, 'rules.mjs');
    writeFileSync(rules, readFileSync(RULES, 'utf8').replace('policy: []', `policy: ['config']`));
    expect(() => cruise(directory, rules)).toThrow('policy lists config, which is not below it');
  });
});

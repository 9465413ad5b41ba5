import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CLIENT = fileURLToPath(new URL('../../packages/client/', import.meta.url));

it('the types of the client are those of openapi.json (`npm run openapi` writes both)', () => {
  expect(() =>
    execFileSync('npm', ['run', '--silent', 'types', '--', '--check'], { cwd: CLIENT, stdio: 'pipe' }),
  ).not.toThrow();
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningApp, startApp } from '../../support/app.js';
import { debianProgram } from '../../support/debian-program.js';
import { freePort } from '../../support/free-port.js';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const OPS = fileURLToPath(new URL('../../../ops/', import.meta.url));
const METRIC = /\b(?:latchkey|nodejs|process)_[a-z0-9_]+/g;
const run = promisify(execFile);

const promtool = await debianProgram('promtool', 'prometheus').catch(() => null);
if (promtool === null) console.log('promtool is not installed: alerts and dashboard are not checked by it.');
const itWithPromtool = promtool === null ? it.skip : it;

const read = (path: string) => readFile(join(OPS, path), 'utf8');
const panels = (JSON.parse(await read('grafana/latchkey.json')) as { readonly panels: readonly Panel[] })
  .panels;
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

describe('what Prometheus and Grafana are configured with', () => {
  let service: RunningApp;
  let served: Set<string>;

  beforeAll(async () => {
    const port = await freePort();
    service = await startApp({ METRICS_PORT: String(port), REDIS_URL: process.env.TEST_REDIS_URL });
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    served = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
  });
  afterAll(() => service.close());

  const unserved = (text: string) =>
    [...new Set(text.match(METRIC))].filter((name) => {
      const ofHistogram = name.replace(/_(bucket|count|sum)$/, '');
      return !served.has(name) && !served.has(ofHistogram);
    });

  it('names only metrics that the service has', async () => {
    expect(served.has('latchkey_http_request_duration_seconds')).toBe(true);
    expect(unserved(await read('prometheus/alerts.yml'))).toEqual([]);
    expect(queries.flatMap(unserved)).toEqual([]);
    expect(unserved('rate(latchkey_no_such_total[5m])')).toEqual(['latchkey_no_such_total']);
  });

  it('shows every metric of the service on the dashboard', () => {
    const own = [...served].filter((name) => name.startsWith('latchkey_'));
    const internal = ['latchkey_guard_leases_refused_total', 'latchkey_revocation_acknowledgements_awaited'];
    expect(own.filter((name) => !queries.join(' ').includes(name)).sort()).toEqual(internal);
  });

  it('is documented for each metric of the service', async () => {
    const operations = await readFile(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    const documented = (name: string) => new RegExp(`^\\| \`${name}[\`{]`, 'm').test(operations);
    expect([...served].filter((name) => name.startsWith('latchkey_') && !documented(name))).toEqual([]);
  });

  it('has panels with a title and a unit that do not overlap', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { title, fieldConfig } of panels) expect([title, fieldConfig.defaults.unit]).not.toContain('');
  });

  itWithPromtool('has valid alerts, which pass their own tests', async () => {
    const tool = promtool as string;
    const { stdout } = await run(tool, ['check', 'rules', join(OPS, 'prometheus/alerts.yml')]);
    expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
    const tests = await run(tool, ['test', 'rules', join(OPS, 'prometheus/alerts.test.yml')]);
    expect(tests.stdout).toContain('SUCCESS');
  });

  itWithPromtool('has valid queries on the dashboard', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-ops-'));
    try {
      const rules = queries.map((expr, at) => ({
        record: `dashboard:query_${at}`,
        expr: expr.replace(/\$__(rate_interval|range)/g, '5m'),
      }));
      const file = join(directory, 'rules.yml');
      // JSON is YAML.
      await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      const { stdout } = await run(promtool as string, ['check', 'rules', file]);
      expect(stdout).toContain(`SUCCESS: ${queries.length} rules found`);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

import type { DataSource } from 'typeorm';

/** A part of a plan, as EXPLAIN tells it in JSON. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** One statement that Postgres ran, and how. */
export interface Explained {
  readonly sql: string;
  readonly plan: PlanNode;
}

interface Client {
  on(event: 'notice', listener: (notice: { readonly message?: string }) => void): void;
}
interface Pool {
  on(event: 'acquire', listener: (client: Client) => void): void;
}

/**
 * Makes every later session of a database tell how each of its statements was run, those inside triggers too:
 * `auto_explain` comes with Postgres, and what it tells comes to the client as a notice.
 */
export function explainEverything(database: string): string[] {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
  };
  return Object.entries(settings).map(
    ([name, value]) => `ALTER DATABASE ${database} SET ${name} = '${value}'`,
  );
}

/** Collects what the connections of a service are told about their statements. */
export class QueryPlans {
  private collected: Explained[] = [];
  private readonly heard = new WeakSet<Client>();

  constructor(dataSources: readonly DataSource[]) {
    for (const { driver } of dataSources) {
      const { master } = driver as unknown as { readonly master: Pool };
      master.on('acquire', (client) => {
        if (this.heard.has(client)) return;
        this.heard.add(client);
        client.on('notice', ({ message = '' }) => this.hear(message));
      });
    }
  }

  /** What was run since the last time. */
  take(): Explained[] {
    const taken = this.collected;
    this.collected = [];
    return taken;
  }

  private hear(message: string): void {
    const json = /^duration: .* plan:\n(.*)$/s.exec(message)?.[1];
    if (json === undefined) return;
    const { 'Query Text': sql, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode };
    this.collected.push({ sql, plan });
  }
}

/** The tables that a plan reads, by how. */
export function scans({ plan }: Explained): { how: string; table: string }[] {
  const here = plan['Relation Name'] ? [{ how: plan['Node Type'], table: plan['Relation Name'] }] : [];
  return [...here, ...(plan.Plans ?? []).flatMap((part) => scans({ sql: '', plan: part }))];
}

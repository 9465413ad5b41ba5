import type { DataSource } from 'typeorm';

/** A node of a plan in the JSON output of EXPLAIN. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** One statement that Postgres executed, with its plan. */
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
 * Returns statements that make every later connection to a database report the plan of each statement it executes,
 * including those in triggers: `auto_explain`, which ships with Postgres, sends the plans to the client as notices.
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

/** Collects the plans that the connections of a service receive as notices. */
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

  /** Returns the statements executed since the last call. */
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

/** The tables that a plan reads, each with its scan type. */
export function scans({ plan }: Explained): { how: string; table: string }[] {
  const here = plan['Relation Name'] ? [{ how: plan['Node Type'], table: plan['Relation Name'] }] : [];
  return [...here, ...(plan.Plans ?? []).flatMap((part) => scans({ sql: '', plan: part }))];
}

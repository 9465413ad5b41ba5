import type { Bench } from './bench-context.js';

/** Text for the report: Markdown inside a cell is fine, a line break is not. */
export interface Table {
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Horizontal bars from zero, drawn in `docs/benchmarks.svg`. */
export interface Chart {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly ours?: boolean }[];
}

/** A promise with a number in it. Whether it is kept is worked out from `measured` when the report is written. */
export interface Target {
  readonly claim: string;
  readonly measured: number;
  readonly bound: 'at least' | 'at most';
  readonly target: number;
  /** Behind both numbers: `x`, `ms`; none for a bare ratio. */
  readonly unit?: string;
}

/** What a section found out: plain JSON, from which alone its part of the report is written. */
export interface SectionResult {
  readonly title: string;
  /** Markdown paragraphs before the tables: what was done, and what limits the figures. */
  readonly notes: readonly string[];
  readonly tables: readonly Table[];
  /** Markdown paragraphs after the tables. */
  readonly remarks?: readonly string[];
  readonly charts?: readonly Chart[];
  readonly targets?: readonly Target[];
  /** Figures that other parts of the report use, by name. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Section {
  /** Of `--only`, and of the file in `bench/results`. */
  readonly name: string;
  /** Runs only when it is asked for by name: it takes too long for a run of everything. */
  readonly isLong?: boolean;
  run(bench: Bench): Promise<SectionResult>;
}

import type { Bench } from './bench-context.js';

/** A table of the report. Cells are Markdown without line breaks. */
export interface Table {
  readonly caption?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Horizontal bars that start at zero, drawn in `docs/benchmarks.svg`. */
export interface Chart {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly ours?: boolean }[];
}

/** A numeric goal. Whether it was reached is computed from `measured` when the report is written. */
export interface Target {
  readonly claim: string;
  readonly measured: number;
  readonly bound: 'at least' | 'at most';
  readonly target: number;
  /** Unit of `measured` and `target`, such as `x` or `ms`; none for a plain ratio. */
  readonly unit?: string;
  /** Why the target was missed. Appears in the report only if it was. */
  readonly ifMissed?: string;
}

/** The outcome of a section: plain JSON from which its part of the report is rendered. */
export interface SectionResult {
  readonly title: string;
  /** Markdown paragraphs before the tables: what was measured and how, and what limits the figures. */
  readonly notes: readonly string[];
  readonly tables: readonly Table[];
  /** Markdown paragraphs after the tables. */
  readonly remarks?: readonly string[];
  readonly charts?: readonly Chart[];
  readonly targets?: readonly Target[];
  /** Figures by name, for use by other sections. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Section {
  /** Its name in `--only`, and the name of its file in `bench/results`. */
  readonly name: string;
  /** Takes too long for a full run: measured only if `--only` names it. */
  readonly isLong?: boolean;
  run(bench: Bench): Promise<SectionResult>;
}

import type { Table } from '../section.js';

const FIGURE = /^(|[\d.,]+ ?[%a-zµ]*)$/i;

/** Renders a Markdown table. Columns that contain only figures are right-aligned. */
export function renderTable({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map((_, at) => (rows.every((row) => FIGURE.test(row[at] ?? '')) ? '---:' : '---'));
  const table = [line(columns), line(rule), ...rows.map(line)].join('\n');
  return caption ? `**${caption}**\n\n${table}` : table;
}

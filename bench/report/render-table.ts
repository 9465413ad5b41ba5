import type { Table } from '../section.js';

/** A table in Markdown; columns after the first are figures, and stand right. */
export function renderTable({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map((_, at) => (at === 0 ? '---' : '---:'));
  const table = [line(columns), line(rule), ...rows.map(line)].join('\n');
  return caption ? `**${caption}**\n\n${table}` : table;
}

import type { Chart } from '../section.js';

const WIDTH = 760;
const LABEL_WIDTH = 300;
const VALUE_WIDTH = 70;
const BAR_HEIGHT = 18;
const ROW_HEIGHT = 26;
const TITLE_HEIGHT = 44;

/** Follows the reader's preference for a light or dark theme. */
const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; }
.bar { fill: #8c959f; }
.ours { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #d1d7e0; }
  .bar { fill: #656c76; }
  .ours { fill: #4493f8; }
}`;

/** Draws the charts one below another, as one SVG with a transparent background. */
export function drawCharts(charts: readonly Chart[]): string {
  let top = 0;
  const drawn = charts.map((chart) => {
    const part = `<g transform="translate(0 ${top})">${drawChart(chart)}</g>`;
    top += TITLE_HEIGHT + chart.bars.length * ROW_HEIGHT;
    return part;
  });
  const height = Math.max(top, 1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">
<title id="title">${escapeXml(charts.map(({ title }) => title).join('; '))}</title>
<style>${STYLE}
</style>
${drawn.join('\n')}
</svg>
`;
}

function drawChart({ title, bars }: Chart): string {
  const longest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const scale = (WIDTH - LABEL_WIDTH - VALUE_WIDTH) / longest;
  const rows = bars.map(({ label, value, ours }, at) => {
    const y = TITLE_HEIGHT + at * ROW_HEIGHT;
    const width = Math.max(1, value * scale);
    const baseline = y + BAR_HEIGHT - 4;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${baseline}" text-anchor="end">${escapeXml(label)}</text>`,
      `<rect class="${ours ? 'ours' : 'bar'}" x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${baseline}">${formatValue(value)}</text>`,
    ].join('');
  });
  return [`<text class="title" x="0" y="26">${escapeXml(title)}</text>`, ...rows].join('\n');
}

function formatValue(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

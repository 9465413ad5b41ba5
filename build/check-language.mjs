// `npm run check:words`: counts phrases that make technical English hard to read, in comments, test titles and
// documents, and fails when there are too many. `--list` prints each with its place.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const MAX_PER_10_000_WORDS = 10;

const MARKERS = [
  ...[
    'whoever',
    'whomever',
    'somebody',
    'nobody',
    'anybody',
    'meanwhile',
    'hitherto',
    'of late',
    'for want of',
  ],
  ...['tells? of', 'told', 'of no use', 'of use', 'goes? on', 'went on', 'is to be', 'are to be', 'at hand'],
  ...[
    'to be had',
    'none of ours',
    'of its own',
    'of their own',
    'as it is',
    'the very',
    'each other',
    'whence',
  ],
  ...['in vain', 'lest', 'now and then', 'any more', 'of that', 'of what', 'such as it'],
];
const marker = new RegExp(`\\b(?:${MARKERS.join('|')})\\b`, 'gi');
const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/[^\n]*/g;
const TITLE = /\b(?:it|test|describe)(?:\.each\([\s\S]*?\))?\(\s*(['"`])(.*?)\1/g;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((path) => existsSync(path));
const code = files.filter((path) => /\.(ts|tsx|mts|mjs|js)$/.test(path));
const tests = code.filter((path) => /(^|\/)test\/|[.-]spec\.ts$/.test(path));
const documents = files.filter((path) => path.endsWith('.md'));

check('comments', code, (text) => text.match(COMMENT) ?? []);
check('test titles', tests, (text) => [...text.matchAll(TITLE)].map(([, , title]) => title));
check('documents', documents, (text) => [text]);

/** @param {(text: string) => string[]} passagesOf what people read in a file */
function check(kind, paths, passagesOf) {
  let words = 0;
  let found = 0;
  for (const path of paths) {
    for (const passage of passagesOf(readFileSync(path, 'utf8'))) {
      words += passage.match(/[A-Za-z']+/g)?.length ?? 0;
      for (const { 0: phrase, index } of passage.matchAll(marker)) {
        found += 1;
        if (process.argv.includes('--list'))
          console.log(`${path}: "${phrase}" in: ${around(passage, index)}`);
      }
    }
  }
  const rate = (found * 10_000) / Math.max(words, 1);
  console.log(`${kind}: ${found} marked phrases in ${words} words, ${rate.toFixed(1)} per 10,000`);
  if (rate > MAX_PER_10_000_WORDS) process.exitCode = 1;
}

function around(passage, index) {
  return passage
    .slice(Math.max(0, index - 50), index + 60)
    .replace(/\s+/g, ' ')
    .trim();
}

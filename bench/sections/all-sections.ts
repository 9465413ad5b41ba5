import type { Section } from '../section.js';
import { comparison } from './comparison.js';
import { edge } from './edge.js';
import { growth } from './growth.js';
import { guarded } from './guarded.js';
import { guards } from './guards.js';
import { logins } from './logins.js';
import { massEnd } from './mass-end.js';
import { memory } from './memory.js';
import { refresh } from './refresh.js';
import { revocation } from './revocation.js';
import { start } from './start.js';
import { throughput } from './throughput.js';
import { upgrade } from './upgrade.js';

/** In the order in which they run and appear in the report. */
export const SECTIONS: readonly Section[] = [
  throughput,
  comparison,
  guarded,
  edge,
  revocation,
  guards,
  massEnd,
  upgrade,
  logins,
  refresh,
  memory,
  start,
  growth,
];

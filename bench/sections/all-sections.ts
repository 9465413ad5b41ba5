import type { Section } from '../section.js';
import { comparison } from './comparison.js';
import { throughput } from './throughput.js';

/** In the order in which they run and are reported. */
export const SECTIONS: readonly Section[] = [throughput, comparison];

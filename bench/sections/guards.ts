import type { Section } from '../section.js';
import { measureGuardMemory } from './guard-memory.js';
import { measureGuardRevokes } from './guard-revokes.js';
import { reportGuards } from './guards-report.js';

/** What guards cost: the service when it revokes, and resource servers in memory. */
export const guards: Section = {
  name: 'guards',
  async run(bench) {
    const revokes = await measureGuardRevokes(bench);
    return reportGuards(revokes, await measureGuardMemory(bench));
  },
};

import type { Section } from '../section.js';

export const throughput: Section = {
  name: 'throughput',
  async run() {
    return { title: 'What a checked request costs', notes: [], tables: [] };
  },
};

import TestSequencer from '@jest/test-sequencer';

/** They wait for leases and faults, so their length does not show in their size, by which jest sorts files it has not run. */
const SLOW = /\/test\/cluster\/(torture|planted-bugs)/;

/** Starts the slowest files first: one that is started last keeps a single worker busy. */
export default class SlowestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [
      ...sorted.filter(({ path }) => SLOW.test(path)),
      ...sorted.filter(({ path }) => !SLOW.test(path)),
    ];
  }
}

import { chromiumProgram } from './chromium.js';

/** Skips its tests if this run has no Chromium, which `provideChromium` has reported. */
export const describeInChromium = chromiumProgram() ? describe : describe.skip;

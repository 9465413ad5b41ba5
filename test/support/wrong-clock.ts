/**
 * Loaded before the service: offsets its wall clock by the milliseconds in a file, which is read repeatedly.
 * The monotonic clock is unaffected, as on a machine whose time is corrected.
 */
import { readFileSync } from 'node:fs';

/** Short enough that a test only needs a brief sleep after changing the file. */
const LOOK_EVERY_MS = 20;

const RealDate = Date;
let offsetMs = 0;

const now = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});

setInterval(() => {
  offsetMs = Number(readFileSync(process.env.WRONG_CLOCK_FILE ?? '', 'utf8'));
}, LOOK_EVERY_MS).unref();

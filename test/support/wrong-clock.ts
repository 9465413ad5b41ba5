/**
 * Run before the service: its wall clock is wrong by the milliseconds that a file says, and is set when the file
 * changes. Its monotonic clock goes on, as on a machine whose time is corrected.
 */
import { readFileSync } from 'node:fs';

/** Often enough that a test waits for it with one short sleep. */
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

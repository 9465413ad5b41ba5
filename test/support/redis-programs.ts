import { installDebianPackage } from './debian-package.js';
import { directoryWith, MissingProgram, pathDirectories } from './programs.js';

const MIN_MAJOR = 6;
const REMEMBERED = 'LATCHKEY_TEST_REDIS_PROGRAMS';
const PLACES = ['/usr/bin', '/opt/homebrew/bin', '/usr/local/bin', '/opt/redis/bin'];

/**
 * Finds the directory of `redis-server`: on this machine, or by installing a package.
 *
 * @throws {MissingProgram} with one line that says what to install
 */
export async function redisPrograms(): Promise<string> {
  process.env[REMEMBERED] ??= await find();
  return process.env[REMEMBERED];
}

async function find(): Promise<string> {
  const first = () => directoryWith(['redis-server'], [...pathDirectories(), ...PLACES], MIN_MAJOR);
  return (await first()) ?? ((await installDebianPackage('redis-server')) ? await first() : null) ?? fail();
}

function fail(): never {
  throw new MissingProgram(
    `the tests need Redis ${MIN_MAJOR} or later: install it (Debian: redis-server, Homebrew: redis) or set TEST_REDIS_URL`,
  );
}

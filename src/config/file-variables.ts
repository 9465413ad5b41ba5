import { readFileSync, statSync } from 'node:fs';

/** `LATCHKEY_SECRET_FILE` names the file that contains `LATCHKEY_SECRET`, as secrets of Docker and Kubernetes do. */
export const fileVariable = (name: string) => `${name}_FILE`;

/**
 * The text of a variable that can be in a file: its own, or the content of that file without one final newline.
 *
 * @returns `undefined` if neither is set; an empty variable counts as not set
 * @throws {TypeError} with a message that continues a sentence about the variable, without any content of the file
 */
export function textOrFile(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = env[fileVariable(name)];
  if (!file) return env[name];
  if (env[name]) throw new TypeError(`is set, and ${fileVariable(name)} as well: remove one of them`);
  const source = `${fileVariable(name)}=${file}`;
  const text = decoded(contentOf(file, source), source).replace(/\r?\n$/, '');
  if (text === '') throw new TypeError(`cannot be read from ${source}: the file is empty`);
  return text;
}

function contentOf(file: string, source: string): Buffer {
  try {
    // A pipe that no program writes to would block the start forever.
    if (!statSync(file).isFile()) throw new Error('it is not a regular file');
    return readFileSync(file);
  } catch (cause) {
    // Such as "EACCES: permission denied, open '/run/secrets/latchkey'".
    const [reason] = (cause as Error).message.split(', ');
    throw new TypeError(`cannot be read from ${source}: ${reason}`, { cause });
  }
}

function decoded(content: Buffer, source: string): string {
  try {
    // Lenient decoding would replace random bytes by the same character, and make a secret of them a weak one.
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new TypeError(`cannot be read from ${source}: the file is not text in UTF-8`, { cause });
  }
}

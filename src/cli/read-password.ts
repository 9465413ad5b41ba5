import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AppError } from '../errors/app-error.js';

/** Prompts for a password without echo, or reads the first line of piped input. Other users could see an argument. */
export async function readPassword(): Promise<string> {
  const { stdin, stdout } = process;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (stdin.isTTY) stdout.write('Password: ');
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  for await (const line of lines) {
    lines.close();
    if (stdin.isTTY) stdout.write('\n');
    return requireText(line);
  }
  throw new AppError('validation_failed', { detail: 'no password was given: type it, or pipe it in' });
}

/** Node decodes other bytes than UTF-8 as U+FFFD. No client would send the same. */
function requireText(line: string): string {
  if (line.includes('\ufffd'))
    throw new AppError('validation_failed', { detail: 'the password is not in UTF-8' });
  return line;
}

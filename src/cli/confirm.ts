import { createInterface } from 'node:readline/promises';
import { AppError } from '../errors/app-error.js';

interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks a question on the terminal. Anything but `y` and `yes` is a no, and so is the end of the input.
 *
 * @throws {AppError} validation_failed if there is no terminal, where nobody could answer
 */
export async function confirm(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (!input.isTTY)
    throw new AppError('validation_failed', { detail: 'without a terminal, confirm with --yes' });
  output.write(`${question} [y/N] `);
  const lines = createInterface({ input });
  for await (const line of lines) {
    lines.close();
    return /^y(es)?$/i.test(line.trim());
  }
  return false;
}

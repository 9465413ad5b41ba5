import { errorMessage } from '../errors/error-message.js';
import { note } from './print.js';

/** 128 and the number of SIGPIPE: what a shell reports about other programs whose reader has gone. */
const BROKEN_PIPE = 141;

/**
 * Without this, an error of standard output ends a command with a stack, maybe between two of its steps. The command is
 * completed instead, and its exit code tells that its output is not complete.
 */
export function handleOutputErrors(): void {
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    // Each further line fails as well.
    process.stdout.on('error', () => {});
    const isBrokenPipe = error.code === 'EPIPE';
    if (!isBrokenPipe) note(`the output cannot be written: ${errorMessage(error)}`);
    process.exitCode ||= isBrokenPipe ? BROKEN_PIPE : 1;
  });
}

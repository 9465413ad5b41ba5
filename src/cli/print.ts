/** One line of a command's output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

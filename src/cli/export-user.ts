import { writeFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import { exportUser as readExport } from '../account/user-export.js';
import { AppError } from '../errors/app-error.js';
import { errorMessage } from '../errors/error-message.js';
import { note, print } from './print.js';
import type { UserCommands } from './user-commands.js';

const OWNER_ONLY = 0o600;

/** @param output a file that does not exist yet; `-`: the standard output */
export async function exportUser(
  commands: UserCommands,
  dataSource: DataSource,
  name: string,
  output: string,
): Promise<void> {
  const { id } = await commands.requireUser(name);
  const text = JSON.stringify(await readExport(dataSource, id), null, 2);
  if (output === '-') return print(text);
  // An existing file would keep its mode, and others may have opened it.
  try {
    await writeFile(output, `${text}\n`, { mode: OWNER_ONLY, flag: 'wx' });
  } catch (cause) {
    throw new AppError('validation_failed', { detail: errorMessage(cause), cause });
  }
  note(`wrote ${output}`);
}

import type { DataSource, DataSourceOptions } from 'typeorm';
import { errorMessage } from '../errors/error-message.js';
import { openDataSource } from './data-source.js';
import { DatabaseNotReady } from './start-errors.js';

/** Connects for a command. The caller must destroy the data source. @throws {DatabaseNotReady} */
export async function connect(options: DataSourceOptions, silenceMs?: number | null): Promise<DataSource> {
  try {
    return await openDataSource(options, silenceMs);
  } catch (cause) {
    throw new DatabaseNotReady(`Postgres cannot be used: ${errorMessage(cause)}`, { cause });
  }
}

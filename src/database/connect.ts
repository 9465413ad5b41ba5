import type { DataSource, DataSourceOptions } from 'typeorm';
import { errorMessage } from '../errors/error-message.js';
import { openDataSource } from './data-source.js';
import { DatabaseNotReady } from './database-not-ready.js';

/** A data source of a command's own; it is the caller's to destroy. @throws {DatabaseNotReady} */
export async function connect(options: DataSourceOptions): Promise<DataSource> {
  try {
    return await openDataSource(options);
  } catch (cause) {
    throw new DatabaseNotReady(`Postgres cannot be used: ${errorMessage(cause)}`, { cause });
  }
}

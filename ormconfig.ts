import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/database/data-source.js';
import { ENTITIES } from './src/entities.js';

/** The data source for TypeORM's tools. The service creates its own from the same options. */
export default new DataSource({
  ...dataSourceOptions(process.env.DATABASE_URL ?? 'postgres://127.0.0.1:5432/postgres', 2),
  entities: ENTITIES,
});

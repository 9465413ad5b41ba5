import { DataSource } from 'typeorm';
import { dataSourceOptions } from './src/database/data-source.js';
import { Device } from './src/devices/device.entity.js';
import { SigningKey } from './src/keys/signing-key.entity.js';
import { Session } from './src/sessions/session.entity.js';
import { SessionEvent } from './src/sessions/session-event.entity.js';
import { User } from './src/users/user.entity.js';

/** The data source of TypeORM's own tools; the service builds its own from the same options. */
export default new DataSource({
  ...dataSourceOptions(process.env.DATABASE_URL ?? 'postgres://127.0.0.1:5432/postgres', 2),
  entities: [User, Device, Session, SessionEvent, SigningKey],
});

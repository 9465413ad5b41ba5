import { Command } from 'commander';
import { InvalidEnvironment } from '../config/environment.js';
import { PasswordHasher } from '../credentials/password/password-hasher.js';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { GeoIp } from '../geoip/geoip.js';
import { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { print } from './print.js';
import { runCommand } from './run-command.js';
import { addSampleUse, SAMPLE_EMAIL, SAMPLE_PASSWORD } from './sample-account.js';

const POOL_SIZE = 2;

export const seed = new Command('seed')
  .description('add a sample account with several devices, for development')
  .action(() =>
    runCommand(async (url, environment, serviceUrl) => {
      if (environment.production) {
        throw new InvalidEnvironment('sample accounts are for development, and NODE_ENV is production');
      }
      const dataSource = await connect({ ...dataSourceOptions(url, POOL_SIZE), entities: ENTITIES });
      try {
        const users = new UsersService(dataSource.getRepository(User), new PasswordHasher(environment));
        if (!(await users.findByEmail(SAMPLE_EMAIL))) {
          const geoip = new GeoIp(environment.geoip.databases);
          await users.create({ email: SAMPLE_EMAIL, password: SAMPLE_PASSWORD }, (manager, user) =>
            addSampleUse(manager, user, geoip),
          );
          geoip.close();
        }
        const origin = serviceUrl ?? environment.web.origin;
        print(`sign in at ${origin}/account as ${SAMPLE_EMAIL}, password: ${SAMPLE_PASSWORD}`);
      } finally {
        await dataSource.destroy();
      }
    }),
  );

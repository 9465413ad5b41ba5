import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createHttpAdapter, setUpApp } from './app.setup.js';
import type { Config } from './config/config.js';
import { developmentSecret } from './config/development-secret.js';
import { readEnvironment } from './config/environment.js';
import { prepareDatabase } from './database/prepare-database.js';
import { createLogger } from './http/logger.js';
import { NestLogger } from './http/nest-logger.js';
import { serveOpenApi } from './http/openapi.js';
import { startFailure } from './start-failure.js';
import { welcome } from './welcome.js';

async function start(): Promise<void> {
  const environment = readEnvironment(process.env, developmentSecret);
  const progress = (line: string) => process.stdout.write(`latchkey: ${line}\n`);
  const database = await prepareDatabase(environment, progress);
  const config: Config = { ...environment, database: { ...environment.database, url: database.url } };

  const logger = createLogger(config.logLevel);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    createHttpAdapter(config, logger),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  await setUpApp(app);
  serveOpenApi(app);

  // Not Nest's shutdown hooks: they end the process by the signal, and a service that drained has not failed.
  const stop = async () => {
    await app.close();
    await database.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop().catch(fail));
  }

  await app.listen(config.http.port, config.http.host);
  progress(`listening on ${await app.getUrl()}`);
  if (!config.production) process.stdout.write(welcome(await app.getUrl()));
}

function fail(error: unknown): void {
  process.stderr.write(`latchkey: ${startFailure(error)}\n`);
  process.exit(1);
}

await start().catch(fail);

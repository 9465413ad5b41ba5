import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createHttpAdapter, setUpApp } from './app.setup.js';
import type { Config } from './config/config.js';
import { developmentSecret } from './config/development-secret.js';
import { readEnvironment } from './config/environment.js';
import { startWarnings } from './config/production-settings.js';
import { prepareDatabase } from './database/prepare-database.js';
import { HealthService } from './health/health.service.js';
import { serveOpenApi } from './http/openapi/openapi.js';
import type { HttpAdapter } from './http/server/http-adapter.js';
import { createLogger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import { terminalOutput } from './logging/terminal-output.js';
import { writesMailToFiles } from './mail/written-mails.js';
import { shownUrl } from './start/shown-url.js';
import { startFailure } from './start/start-failure.js';
import { stopOnSignals } from './start/stop-on-signals.js';
import { allocateAsYoung, growSlowly } from './start/v8-flags.js';
import { welcome } from './start/welcome.js';

async function start(): Promise<void> {
  const stopWith = stopOnSignals(fail);
  const environment = readEnvironment(process.env, developmentSecret);
  const database = await prepareDatabase(environment, progress);
  const config: Config = { ...environment, database: { ...environment.database, url: database.url } };
  try {
    const app = await createApp(config);
    await listen(app, config);
    stopWith({
      delayMs: config.http.shutdownDelayMs,
      announce: () => announceStop(app, config),
      close: async () => {
        await app.close();
        await database.stop();
      },
    });
    const url = shownUrl(await app.getUrl(), config.web.origin);
    database.announceService(url);
    progress(`listening on ${url}`);
    for (const warning of startWarnings(environment)) progress(`warning: ${warning}`);
    if (!config.production) process.stdout.write(welcome(url, writesMailToFiles(config)));
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function createApp(config: Config): Promise<NestFastifyApplication> {
  const logger = createLogger(config.logLevel, await terminalOutput(config.production));
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot(config),
    createHttpAdapter(config, logger),
    { logger: new NestLogger(logger), abortOnError: false },
  );
  await setUpApp(app);
  serveOpenApi(app, !config.production);
  return app;
}

async function listen(app: NestFastifyApplication, { http }: Config): Promise<void> {
  try {
    await app.listen(http.port, http.host);
  } catch (error) {
    // The other instances know this one by now and would wait for it: leave properly, then report the first error.
    await app.close().catch(() => {});
    throw error;
  }
}

function announceStop(app: NestFastifyApplication, { http: { shutdownDelayMs } }: Config): void {
  app.get(HealthService).announceStop();
  (app.getHttpAdapter() as HttpAdapter).closeConnections();
  if (shutdownDelayMs > 0) progress(`stopping after ${shutdownDelayMs} ms; a second signal skips the delay`);
}

function progress(line: string): void {
  process.stdout.write(`latchkey: ${line}\n`);
}

function fail(error: unknown): void {
  process.stderr.write(`latchkey: ${startFailure(error)}\n`);
  process.exit(1);
}

allocateAsYoung();
growSlowly();
await start().catch(fail);

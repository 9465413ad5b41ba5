import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { createHttpAdapter } from './app.setup.js';
import { readEnvironment } from './config/environment.js';
import { openApiDocument } from './http/openapi/openapi.js';

/** Writes `openapi.json`. In preview mode, Nest only reads the decorators: it opens no connections and starts nothing. */
async function writeOpenApi(): Promise<void> {
  const config = readEnvironment({ LOG_LEVEL: 'silent' }, () => Buffer.alloc(32));
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({ ...config, database: { ...config.database, url: config.database.url ?? '' } }),
    createHttpAdapter(config),
    { preview: true, logger: false, abortOnError: false },
  );
  writeFileSync('openapi.json', `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
}

await writeOpenApi();

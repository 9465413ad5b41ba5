import { DataSource } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { RedisConnection } from '../cache/redis-connection.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { SessionHistories } from '../sessions/session-history.js';
import { historyLines } from './history-lines.js';
import { runCommand } from './run-command.js';

await runCommand(async ({ environment, url, print }) => {
  const sessionId = process.argv[2] ?? '';
  if (!isUuid(sessionId)) throw new Error('usage: explain <session id>');
  const dataSource = await new DataSource({
    ...dataSourceOptions(url, 2),
    entities: ENTITIES,
  }).initialize();
  const { redis: configured } = environment;
  const redis = configured && (await RedisConnection.open(configured.url, configured.keyPrefix));
  try {
    const history = await new SessionHistories(dataSource, redis).find(sessionId);
    if (!history)
      throw new Error(`there is no session ${sessionId}, or it was removed after SESSION_RETENTION`);
    for (const line of historyLines(history)) print(line);
  } finally {
    await redis?.close();
    await dataSource.destroy();
  }
});

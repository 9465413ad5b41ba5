import { Command } from 'commander';
import { validate as isUuid } from 'uuid';
import { connect } from '../database/connect.js';
import { dataSourceOptions } from '../database/data-source.js';
import { ENTITIES } from '../entities.js';
import { AppError } from '../errors/app-error.js';
import { RedisAuthenticators } from '../redis/redis-authenticators.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { SessionHistories } from '../sessions/session-history.js';
import { historyLines } from './history-lines.js';
import { print } from './print.js';
import { runCommand } from './run-command.js';

const POOL_SIZE = 2;

export const explain = new Command('explain')
  .description('show the history of a session and what each running instance knows about it')
  .argument('<session>', 'the session id: the `sid` claim of its access tokens')
  .action((sessionId: string) => printHistory(sessionId));

function printHistory(sessionId: string): Promise<void> {
  return runCommand(async (url, { redis: configured, secret }) => {
    const dataSource = await connect({ ...dataSourceOptions(url, POOL_SIZE), entities: ENTITIES });
    try {
      const redis = configured && (await RedisConnection.open(configured.servers, configured.keyPrefix));
      try {
        const histories = new SessionHistories(dataSource, redis, new RedisAuthenticators(secret));
        for (const line of await linesOf(sessionId, histories)) print(line);
      } finally {
        await redis?.close();
      }
    } finally {
      await dataSource.destroy();
    }
  });
}

async function linesOf(sessionId: string, histories: SessionHistories): Promise<string[]> {
  const history = isUuid(sessionId) ? await histories.find(sessionId) : null;
  if (history) return historyLines(history);
  throw new AppError('not_found', {
    detail: `there is no session ${sessionId}, or it was removed after SESSION_RETENTION`,
  });
}

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Suspicion } from '../../policy/session-policy.js';
import { clientFamily, familyText } from '../../user-agents/client-family.js';
import type { Client } from '../check/session-use.js';
import { repeatText } from './repeat-from-elsewhere.js';

/** Enough for any user. When full, the oldest entry except the first is dropped, and would be reported again. */
const KEPT = 16;

const appended = (column: string) => `
  CASE WHEN cardinality(${column}) < ${KEPT} THEN ${column} || $2::text
       ELSE ${column}[1:1] || ${column}[3:] || $2::text END`;

const learn = (column: string) => `
  UPDATE sessions SET ${column} = ${appended(column)}
  WHERE id = $1 AND status = 'active' AND NOT ($2::text = ANY (${column})) RETURNING id`;

const LEARN_COUNTRY = learn('countries');
const LEARN_CLIENT = learn('clients');
const LEARN_REPEAT = learn('repeat_clients');

/** Stores the countries and clients a session is known for. */
@Injectable()
export class SessionHabits {
  constructor(private readonly dataSource: DataSource) {}

  async learnCountry(sessionId: string, country: string): Promise<void> {
    await this.dataSource.query(LEARN_COUNTRY, [sessionId, country]);
  }

  /** @returns whether it was new; of several concurrent requests, one gets `true` */
  async learn(
    manager: EntityManager,
    sessionId: string,
    suspicion: Suspicion,
    use: { country: string | null; client: Client },
  ): Promise<boolean> {
    const [statement, value] = learning(suspicion, use);
    const [rows] = await manager.query<[unknown[], number]>(statement, [sessionId, value]);
    return rows.length > 0;
  }

  /** @returns whether this call set the requirement; of several concurrent requests, one gets `true` */
  async requireLogin(manager: EntityManager, sessionId: string): Promise<boolean> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE sessions SET needs_login_since = now()
       WHERE id = $1 AND status = 'active' AND needs_login_since IS NULL RETURNING id`,
      [sessionId],
    );
    return rows.length > 0;
  }
}

function learning(
  suspicion: Suspicion,
  { country, client }: { country: string | null; client: Client },
): [statement: string, value: string | null] {
  if (suspicion === 'impossible_travel') return [LEARN_COUNTRY, country];
  // The others are never found without it.
  const userAgent = client.userAgent ?? '';
  if (suspicion === 'refresh_token_shared') return [LEARN_REPEAT, repeatText({ ...client, userAgent })];
  return [LEARN_CLIENT, familyText(clientFamily(userAgent))];
}

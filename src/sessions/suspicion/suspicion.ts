import {
  type SessionPolicy,
  SUSPICION_ACTIONS,
  type Suspicion,
  type SuspicionAction,
} from '../../policy/session-policy.js';
import type { ClientFamily } from '../../user-agents/client-family.js';
import { clientChange } from './client-change.js';
import { isImpossibleTravel, type Sighting } from './impossible-travel.js';

/** What a session is known for. */
export interface KnownUse {
  readonly lastSeen: Sighting;
  /** Codes of the countries that it was used in. */
  readonly countries: readonly string[];
  /** The clients that it was used by; the first has opened it. */
  readonly clients: readonly ClientFamily[];
}

/** A request, as far as it tells who makes it. */
export interface CurrentUse extends Sighting {
  readonly client: ClientFamily;
}

export interface Verdict {
  readonly suspicion: Suspicion;
  readonly action: Exclude<SuspicionAction, 'off'>;
}

/**
 * What a use of a session makes suspicious, and what is to be done about it: the severest action of all that apply.
 *
 * @returns `null` when there is nothing, or nothing that the policy minds
 */
export function suspicionOf(
  habits: KnownUse,
  use: CurrentUse,
  actions: SessionPolicy['suspicionActions'],
): Verdict | null {
  const found: Suspicion[] = [];
  const change = clientChange(habits.clients, use.client);
  if (change) found.push(change);
  if (isImpossibleTravel(habits.lastSeen, use, habits.countries)) found.push('impossible_travel');
  return found
    .map((suspicion) => ({ suspicion, action: actions[suspicion] }))
    .filter((verdict): verdict is Verdict => verdict.action !== 'off')
    .reduce<Verdict | null>((worst, one) => (worst && severity(worst) >= severity(one) ? worst : one), null);
}

function severity({ action }: Verdict): number {
  return SUSPICION_ACTIONS.indexOf(action);
}

import {
  type SessionPolicy,
  SUSPICION_ACTIONS,
  type Suspicion,
  type SuspicionAction,
} from '../../policy/session-policy.js';
import type { ClientFamily } from '../../user-agents/client-family.js';
import { clientChange } from './client-change.js';
import { isImpossibleTravel, type Sighting } from './impossible-travel.js';

/** The use that a session is known for. */
export interface KnownUse {
  readonly lastSeen: Sighting;
  /** Country codes in which it was used. */
  readonly countries: readonly string[];
  /** Clients that used it; the first one opened it. */
  readonly clients: readonly ClientFamily[];
}

/** What a request reveals about its sender. */
export interface CurrentUse extends Sighting {
  /** `null` if it is not known: the rules about clients are then off. */
  readonly client: ClientFamily | null;
}

export interface Verdict {
  readonly suspicion: Suspicion;
  readonly action: Exclude<SuspicionAction, 'off'>;
}

/**
 * Judges one use of a session. If several suspicions apply, the most severe action wins.
 *
 * @returns `null` if nothing is suspicious, or the policy ignores all of it
 */
export function suspicionOf(
  habits: KnownUse,
  use: CurrentUse,
  actions: SessionPolicy['suspicionActions'],
): Verdict | null {
  const found: Suspicion[] = [];
  const change = use.client && clientChange(habits.clients, use.client);
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

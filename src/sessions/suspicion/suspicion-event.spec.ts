import { MAILED_EVENTS } from '../../policy/mailed-events.js';
import {
  POLICY_PRESETS,
  type PolicyName,
  SUSPICION_ACTIONS,
  SUSPICIONS,
  SUSPICIONS_OF_LOGINS,
} from '../../policy/session-policy.js';
import { suspicionEvent } from './suspicion-event.js';

const PRESETS = Object.keys(POLICY_PRESETS) as PolicyName[];
const SESSION = { userId: 'user', sessionId: 'session', deviceId: 'device' };
const UNKNOWN = { address: '192.0.2.1', place: null, client: null, userAgent: '' };
const ACTIONS = SUSPICION_ACTIONS.filter((action) => action !== 'off');

describe('a suspicion', () => {
  it.each(PRESETS)('is mailed under the policy %s, whatever action the policy takes', (preset) => {
    const mailed: readonly string[] = MAILED_EVENTS[preset];
    for (const suspicion of SUSPICIONS.filter((it) => !SUSPICIONS_OF_LOGINS.includes(it))) {
      for (const action of ACTIONS) {
        const { kind } = suspicionEvent(SESSION, { suspicion, action }, UNKNOWN, UNKNOWN);
        expect(mailed).toContain(kind);
      }
    }
    expect(mailed).toEqual(expect.arrayContaining([...SUSPICIONS_OF_LOGINS]));
  });
});
